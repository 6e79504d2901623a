import { bearerOf } from '../../workers/auth/identify.ts';
import { tellMoved } from '../../workers/moves.ts';
import { type Live, liveSession, sessionOfRefreshToken } from './people.server.ts';
import { cookiesOf, VISITOR_COOKIE } from './visitor-cookies.server.ts';

/**
 * A guest's conversations come along into an account only when both sessions are live and in the same hands: never by
 * an address alone, which anybody may type.
 */

/** A guest whose session Auth has just vouched for. `none`: nobody says they are one. */
export type Guest =
  | { is: 'guest'; id: string; accessToken: string }
  | { is: 'none' }
  | { is: 'dead' }
  | { is: 'unknown' };

/** The guest behind a request: by its bearer, else by the cookie. */
export async function guestOf(request: Request, env: Env): Promise<Guest> {
  const bearer = bearerOf(request);
  if (bearer !== null) return asGuest(await liveSession(env, bearer));
  return guestOfRefreshToken(env, cookiesOf(request).get(VISITOR_COOKIE));
}

export async function guestOfRefreshToken(env: Env, refreshToken: string | undefined): Promise<Guest> {
  if (refreshToken === undefined) return { is: 'none' };
  return asGuest(await sessionOfRefreshToken(env, refreshToken));
}

function asGuest(live: Live): Guest {
  if (live.is !== 'live') return { is: live.is };
  // An account's own conversations stay its own.
  if (!live.claims.isAnonymous || !live.user.is_anonymous) return { is: 'none' };
  return { is: 'guest', id: live.user.id, accessToken: live.accessToken };
}

/**
 * Moves a guest's conversations into an account: Postgres first, then the rooms. Done again, it does what is left.
 *
 * @returns how many have come along in all, or null when Postgres gave no answer
 */
export async function bring(env: Env, guestId: string, accountId: string): Promise<number | null> {
  const moved = await env.STORE.moveConversations(guestId, accountId);
  if (!moved.ok) return moved.code === 'gone' ? 0 : null;
  await tellMoved(env, moved.rooms);
  return moved.brought;
}
