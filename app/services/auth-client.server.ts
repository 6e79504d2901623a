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

function isNoAnswer(status: number): boolean {
  return status >= 500 || status === 429 || status === 408;
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
