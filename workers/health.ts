import { settingsOf } from './env.ts';
import { lobbyOf } from './objects.ts';

const TIMEOUT_MS = 3_000;

/** What `/healthz` answers; operators and uptime checks read it. */
export interface Health {
  database: boolean;
  auth: boolean;
  /** Rooms whose messages Postgres doesn't have yet, and how long the oldest has been waiting. */
  behind: { rooms: number; oldestSeconds: number } | null;
  version: string;
}

/** 200 when everything this needs answers, else 503. What is said names no host and no error. */
export async function health(env: Env): Promise<Response> {
  const [database, auth, behind] = await Promise.all([
    within(env.STORE.ping().then(({ ok }) => ok)),
    within(authAnswers(env)),
    within(lobbyOf(env).behind()),
  ]);
  const body: Health = { database: database === true, auth: auth === true, behind, version: env.VERSION.id };
  return Response.json(body, {
    status: body.database && body.auth && behind ? 200 : 503,
    headers: { 'Cache-Control': 'no-store' },
  });
}

async function authAnswers(env: Env): Promise<boolean> {
  const response = await fetch(`${settingsOf(env).supabaseUrl}/auth/v1/health`, {
    headers: { apikey: env.SUPABASE_ANON_KEY },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  await response.body?.cancel();
  return response.ok;
}

/** The value, or null when it didn't come in time or at all. */
async function within<Value>(work: Promise<Value>): Promise<Value | null> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), TIMEOUT_MS);
  });
  return Promise.race([work.catch(() => null), timeout]).finally(() => clearTimeout(timer));
}
