import type { Limits } from '../../app/protocol/limits.ts';
import { settingsOf } from '../env.ts';
import { countedAddress } from './address.ts';

/**
 * The coarse limits, counted by Workers' rate limiting: per Cloudflare location and a little late, which is enough to
 * keep a flood away from Auth, Postgres and the rooms. What has to be exact is counted in the room.
 */
const BINDINGS = {
  sessionsPerMinute: 'SESSIONS_LIMIT',
  conversationsPerMinute: 'CONVERSATIONS_LIMIT',
  upgradesPerMinute: 'UPGRADES_LIMIT',
  loginsPerMinute: 'LOGINS_LIMIT',
  loginsPerEmailPerMinute: 'EMAIL_LOGINS_LIMIT',
  callsPerMinute: 'CALLS_LIMIT',
} as const satisfies Partial<Record<keyof Limits, keyof Env>>;

export type EdgeLimit = keyof typeof BINDINGS;
export const EDGE_LIMITS = Object.keys(BINDINGS) as EdgeLimit[];

/** All of them count minutes. */
export const EDGE_RETRY_SECONDS = 60;

/** What somebody reads who is over a limit. */
const SENTENCES: Record<EdgeLimit, (limit: number) => string> = {
  sessionsPerMinute: (limit) => `At most ${limit} visits a minute from one network.`,
  conversationsPerMinute: (limit) => `At most ${limit} new conversations a minute from one network.`,
  upgradesPerMinute: (limit) => `At most ${limit} connections a minute from one network.`,
  loginsPerMinute: (limit) => `At most ${limit} attempts to sign in a minute from one network.`,
  loginsPerEmailPerMinute: (limit) => `At most ${limit} attempts to sign in a minute for one address.`,
  callsPerMinute: (limit) => `At most ${limit} calls a minute.`,
};

/** A limit that was reached, and the sentence that names it. */
export interface Reached {
  limit: EdgeLimit;
  detail: string;
}

/**
 * Counts one more of `limit` for `who`.
 *
 * The numbers are fixed where the bindings are, in wrangler.toml. LIMITS may raise one: then the count is spread over
 * as many counters as it is times larger, which makes it as coarse again.
 *
 * @param who an address, an account or the like; null counts nobody
 * @returns null below the limit
 */
export async function count(env: Env, limit: EdgeLimit, who: string | null): Promise<Reached | null> {
  if (who === null) return null;
  const { limits, edgeCounters } = settingsOf(env);
  const counters = edgeCounters[limit];
  const key = counters === 1 ? who : `${who} ${Math.floor(Math.random() * counters)}`;
  try {
    const { success } = await env[BINDINGS[limit]].limit({ key });
    return success
      ? null
      : { limit, detail: `${SENTENCES[limit](limits[limit])} Please try again in a minute.` };
  } catch {
    // Whoever counts is away. Better a flood that the exact limits meet than nobody let in.
    return null;
  }
}

/** Counts one more of `limit` for the network that a request comes from. */
export function countAddress(env: Env, limit: EdgeLimit, request: Request): Promise<Reached | null> {
  return count(env, limit, countedAddress(request));
}

/** Counts an attempt to sign in for the address it is for, of which nobody keeps more than a digest. */
export async function countEmail(env: Env, email: string): Promise<Reached | null> {
  const bytes = new TextEncoder().encode(email.trim().toLowerCase().normalize('NFKC'));
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return count(env, 'loginsPerEmailPerMinute', btoa(String.fromCharCode(...digest)));
}

/** Which limit a call of the API counts for by where it comes from; null for those that only count by person. */
export function limitOfCall(method: string, pathname: string): EdgeLimit | null {
  if (method !== 'POST') return null;
  const path = pathname.replace(/\/+$/u, '');
  if (path === '/api/session') return 'sessionsPerMinute';
  if (path.startsWith('/api/session/')) return 'loginsPerMinute';
  return path === '/api/conversations' ? 'conversationsPerMinute' : null;
}
