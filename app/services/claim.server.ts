import type { AuthRefusal } from './auth-problem.server.ts';
import { bring, guestOfRefreshToken } from './bring.server.ts';
import { endSession, isTeam, liveSession, rememberPerson } from './people.server.ts';
import { cookiesOf, VISITOR_COOKIE } from './visitor-cookies.server.ts';
import { withoutVisitor } from './visitor-session.server.ts';

export type Claimed =
  | { ok: true; brought: number; headers: Headers }
  | {
      ok: false;
      refusal: Extract<AuthRefusal, 'signed_out' | 'away' | 'busy'> | 'not_an_account' | 'guest_ended';
    };

/**
 * Brings the guest's conversations into the account whose session the host page holds. Auth has to vouch for both
 * sessions now.
 *
 * @param accountToken access token of the host's own session
 * @param guestRefreshToken where the browser keeps no cookie
 */
export async function claim(
  request: Request,
  env: Env,
  accountToken: string,
  guestRefreshToken: string | undefined,
): Promise<Claimed> {
  const account = await liveSession(env, accountToken);
  if (account.is === 'dead') return { ok: false, refusal: 'signed_out' };
  if (account.is === 'unknown') return { ok: false, refusal: account.because };
  if (account.claims.isAnonymous) return { ok: false, refusal: 'not_an_account' };
  const team = await isTeam(env, account.claims);
  if (team !== false) return { ok: false, refusal: team ? 'not_an_account' : 'away' };

  const guest = await guestOfRefreshToken(env, cookiesOf(request).get(VISITOR_COOKIE) ?? guestRefreshToken);
  if (guest.is === 'dead') return { ok: false, refusal: 'guest_ended' };
  if (guest.is === 'unknown') return { ok: false, refusal: 'away' };
  if (guest.is === 'none') return { ok: true, brought: 0, headers: new Headers() };
  const brought = await bring(env, guest.id, account.user.id);
  if (brought === null) return { ok: false, refusal: 'away' };
  await endSession(env, guest.accessToken);
  await rememberPerson(env, account.user);
  return { ok: true, brought, headers: withoutVisitor() };
}
