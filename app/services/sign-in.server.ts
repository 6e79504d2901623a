import type { Session as AuthSession } from '@supabase/supabase-js';
import { verifyAccessToken } from '../../workers/auth/access-token.ts';
import type { Session } from '../protocol/http.ts';
import { tooManyAttempts } from './attempts.server.ts';
import { visitorAuthClient } from './auth-client.server.ts';
import { type AuthRefusal, refusalOf } from './auth-problem.server.ts';
import { bring, guestOf } from './bring.server.ts';
import { finishGoogle, type GoogleWay } from './google.server.ts';
import { endSession, isTeam, rememberPerson } from './people.server.ts';
import { sessionFor } from './visitor-session.server.ts';

export type SignedIn =
  | { ok: true; session: Session; brought: number; headers: Headers }
  | { ok: false; refusal: AuthRefusal | 'team' };

/** Signs a visitor in to their account; with `alsoBring`, this browser's guest comes along. */
export async function signIn(
  request: Request,
  env: Env,
  credentials: { email: string; password: string },
  alsoBring: boolean,
): Promise<SignedIn> {
  // Here and not at the edge alone: one account's password is guessed from everywhere. An agent's, too.
  if (await tooManyAttempts(request, env, credentials.email)) return { ok: false, refusal: 'busy' };
  const { auth, noAnswer } = visitorAuthClient(request, env);
  const { data, error } = await auth.signInWithPassword(credentials);
  if (!data.session) return { ok: false, refusal: refusalOf(error, noAnswer()) };
  return enter(request, env, data.session, alsoBring);
}

/** The same, with the code that came back from Google. */
export async function signInWithGoogle(
  request: Request,
  env: Env,
  way: GoogleWay,
  { code, state, bring: alsoBring }: { code: string; state?: string | undefined; bring: boolean },
): Promise<SignedIn & { next?: string | undefined }> {
  const returned = await finishGoogle(request, env, way, code, state);
  if (!returned.ok) return returned;
  const { flow } = returned;
  const entered = await enter(request, env, returned.session, flow.bring ?? alsoBring);
  if (!entered.ok) return entered;
  for (const cookie of returned.headers.getSetCookie()) entered.headers.append('Set-Cookie', cookie);
  return { ...entered, next: flow.next };
}

/**
 * What every sign-in comes to. A session that can't be used to the end is ended: whoever asked is who they were before,
 * and may ask again.
 */
export async function enter(
  request: Request,
  env: Env,
  session: AuthSession,
  alsoBring: boolean,
): Promise<SignedIn> {
  const refused = async (refusal: AuthRefusal | 'team'): Promise<SignedIn> => {
    await endSession(env, session.access_token);
    return { ok: false, refusal };
  };
  const verified = await verifyAccessToken(env, session.access_token);
  if (!verified.ok) return refused('away');
  const team = await isTeam(env, verified.claims);
  if (team !== false) return refused(team ? 'team' : 'away');

  let brought = 0;
  if (alsoBring) {
    const guest = await guestOf(request, env);
    if (guest.is === 'unknown') return refused('away');
    if (guest.is === 'guest') {
      const moved = await bring(env, guest.id, session.user.id);
      if (moved === null) return refused('away');
      brought = moved;
      // Nothing is left of this guest; a token that somebody kept shall not begin a new life with it.
      await endSession(env, guest.accessToken);
    }
  }
  await rememberPerson(env, session.user);
  return { ok: true, brought, ...sessionFor(request, session) };
}
