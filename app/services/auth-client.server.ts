import { createClient } from '@supabase/supabase-js';
import { log } from '../../workers/log.ts';

/** How long Auth may take to answer before it counts as away. */
const TIMEOUT_MS = 8_000;

/** Why Auth gave no answer about a person: it is away, or it asked us to slow down. */
export type NoAnswer = 'away' | 'busy';

/**
 * `fetch` for supabase-js that keeps a definite answer and no answer apart. The library takes a 429 for a no and
 * retries a 5xx for half a minute; here either is noted, and the library told no more than that nothing came.
 */
export function definiteFetch(): { fetch: typeof fetch; noAnswer(): NoAnswer | null } {
  let noAnswer: NoAnswer | null = null;
  return {
    noAnswer: () => noAnswer,
    fetch: async (input, init) => {
      let status: number | null = null;
      try {
        const response = await fetch(input, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
        if (!isNoAnswer(response.status)) return response;
        status = response.status;
        await response.body?.cancel();
      } catch {
        // Nobody there, or too slow.
      }
      noAnswer = status === 429 ? 'busy' : 'away';
      log({ event: 'auth_unavailable', call: 'auth', status });
      // A code the client takes calmly: any other it prints as an error, with a stack, for every request.
      return Response.json({ error_code: 'session_expired', msg: 'Auth gave no answer.' }, { status: 400 });
    },
  };
}

/** 409: too many refreshed this session at once, and nothing was decided about it. */
function isNoAnswer(status: number): boolean {
  return status >= 500 || status === 429 || status === 408 || status === 409;
}

/**
 * Supabase Auth for one call, holding no session and no timer.
 *
 * @param key the anonymous key, or the service role's for what only the server may do
 */
export function authClient(env: Env, key: string, headers: Record<string, string> = {}) {
  const { fetch, noAnswer } = definiteFetch();
  const client = createClient(env.SUPABASE_URL, key, {
    auth: { autoRefreshToken: false, persistSession: false, detectSessionInUrl: false },
    global: { fetch, headers },
  });
  return { auth: client.auth, noAnswer };
}

const STORAGE_KEY = 'session';
const VERIFIER_KEY = `${STORAGE_KEY}-code-verifier`;

/**
 * Supabase Auth for one call as somebody who is signed in, or on the way through a provider (PKCE). What the client
 * would store lives no longer than the call.
 *
 * @param accessToken of the person; Auth decides whether it is any good
 * @param verifier of the way that now comes back
 */
export function personalAuthClient(
  env: Env,
  { accessToken, verifier }: { accessToken?: string; verifier?: string },
) {
  const { fetch, noAnswer } = definiteFetch();
  const stored = new Map<string, string>();
  if (accessToken !== undefined) {
    // As if it had just come: the client would refresh one that is about to end, and has nothing to do it with.
    const expires_at = Math.floor(Date.now() / 1000) + 3600;
    const session = {
      access_token: accessToken,
      refresh_token: 'none',
      token_type: 'bearer',
      expires_in: 3600,
      expires_at,
      user: {},
    };
    stored.set(STORAGE_KEY, JSON.stringify(session));
  }
  if (verifier !== undefined) stored.set(VERIFIER_KEY, JSON.stringify(verifier));
  const client = createClient(env.SUPABASE_URL, env.SUPABASE_ANON_KEY, {
    auth: {
      autoRefreshToken: false,
      detectSessionInUrl: false,
      persistSession: true,
      flowType: 'pkce',
      storageKey: STORAGE_KEY,
      storage: {
        getItem: (key) => stored.get(key) ?? null,
        setItem: (key, value) => void stored.set(key, value),
        removeItem: (key) => void stored.delete(key),
      },
    },
    global: { fetch },
  });
  return {
    auth: client.auth,
    noAnswer,
    /** What has to come back with the provider's code. */
    verifier: (): string | null => {
      const text = stored.get(VERIFIER_KEY);
      return text === undefined ? null : String(JSON.parse(text));
    },
  };
}

/**
 * Supabase Auth for what a visitor asks before they are anybody: sign-up, sign-in, a mail. Tells Auth whose request
 * it is, or its limits for one address would become the whole site's; Auth believes it only with the server's key.
 */
export function visitorAuthClient(request: Request, env: Env) {
  const address = request.headers.get('CF-Connecting-IP');
  return authClient(env, env.SUPABASE_SERVICE_ROLE_KEY, address ? { 'Sb-Forwarded-For': address } : {});
}
