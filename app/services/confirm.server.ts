import type { Session as AuthSession } from '@supabase/supabase-js';
import { z } from 'zod';
import { verifyAccessToken } from '../../workers/auth/access-token.ts';
import { personalAuthClient, visitorAuthClient } from './auth-client.server.ts';
import { type AuthRefusal, refusalOf } from './auth-problem.server.ts';
import { endSession, isTeam, rememberPerson } from './people.server.ts';
import { seal, unseal } from './sealed.server.ts';
import { cookiesOf, dropCookie, FLOW_COOKIE, setCookie, VISITOR_COOKIE } from './visitor-cookies.server.ts';
import { closeSockets, refreshVisitor, sessionFor } from './visitor-session.server.ts';

/** Links of mails: proof that somebody reads the mailbox. */

/** What a link carries; it is only believed when a form of ours posts it, since mail programs follow links by themselves. */
export const linkSchema = z.object({
  /** Auth's are letters and digits; what it could not even look up would count as an answer that never came. */
  token_hash: z.string().regex(/^[\w-]{1,500}$/u),
  type: z.enum(['signup', 'email', 'email_change', 'recovery', 'magiclink', 'invite']),
});
export type MailLink = z.infer<typeof linkSchema>;

export type Confirmed =
  /** `half`: the other mailbox has to say so as well. */
  | { ok: true; is: 'half' }
  /** `elsewhere`: it is confirmed, and this browser is who it was; they may sign in. */
  | { ok: true; is: 'confirmed' | 'elsewhere' | 'recovery' | 'team'; headers: Headers }
  | { ok: false; refusal: AuthRefusal };

const RECOVERY = 'wellchina-recovery';
const RECOVERY_SECONDS = 15 * 60;
const recoverySchema = z.object({ access: z.string(), refresh: z.string() });

/**
 * Takes a link's proof. What it confirms counts in any case; it signs in only the browser that asked for it, which is
 * that person already. Whoever else follows it may have been sent it by somebody who entered an address of theirs and
 * knows the account's password: they must not find themselves in it, nor a guest's conversation here in that account.
 */
export async function confirm(request: Request, env: Env, link: MailLink): Promise<Confirmed> {
  const { auth, noAnswer } = visitorAuthClient(request, env);
  const { data, error } = await auth.verifyOtp(link);
  if (error) return { ok: false, refusal: refusalOf(error, noAnswer()) };
  const { session } = data;
  if (!session) return { ok: true, is: 'half' };
  const headers = new Headers();
  if (link.type === 'recovery') {
    const { access_token: access, refresh_token: refresh } = session;
    setCookie(
      headers,
      FLOW_COOKIE,
      await seal(env, RECOVERY, { access, refresh }, RECOVERY_SECONDS),
      RECOVERY_SECONDS,
    );
    return { ok: true, is: 'recovery', headers };
  }
  if (link.type === 'invite') return signInHere(request, env, session);
  return renewHere(request, env, session);
}

/** Whether this browser has come by a recovery link, and may choose a new password. */
export async function mayReset(request: Request, env: Env): Promise<boolean> {
  return (await recoveryOf(request, env)) !== null;
}

/** Chooses the new password after a recovery link; every other session of the account ends. */
export async function resetPassword(
  request: Request,
  env: Env,
  password: string,
): Promise<Confirmed | { ok: false; refusal: AuthRefusal; words: string }> {
  const recovery = await recoveryOf(request, env);
  if (!recovery) return { ok: false, refusal: 'expired' };
  const { auth, noAnswer } = personalAuthClient(env, { accessToken: recovery.access });
  const { data, error } = await auth.updateUser({ password });
  // The old one again is no reason to lock anybody out who has just shown that the mailbox is theirs.
  if (!data.user && error?.code !== 'same_password') {
    return { ok: false, refusal: refusalOf(error, noAnswer()), words: error?.message ?? '' };
  }
  const refreshed = await refreshVisitor(env, recovery.refresh);
  if (refreshed.is === 'unknown') return { ok: false, refusal: refreshed.because };
  if (refreshed.is === 'dead') return { ok: false, refusal: 'expired' };
  const verified = await verifyAccessToken(env, refreshed.session.access_token);
  if (verified.ok) await closeSockets(env, verified.claims);
  const entered = await signInHere(request, env, refreshed.session);
  if (entered.ok && entered.is !== 'half') dropCookie(entered.headers, FLOW_COOKIE);
  return entered;
}

/** Ends the link's own session; this browser's goes on, as that of somebody confirmed where it is the same person's. */
async function renewHere(request: Request, env: Env, proven: AuthSession): Promise<Confirmed> {
  const own = await renewed(request, env);
  if (own?.user.id === proven.user.id) {
    await endSession(env, proven.access_token);
    return signInHere(request, env, own);
  }
  const verified = await verifyAccessToken(env, proven.access_token);
  const team = verified.ok && (await isTeam(env, verified.claims));
  if (!team) await rememberPerson(env, proven.user);
  await endSession(env, proven.access_token);
  // Whoever else this browser is has another refresh token by now.
  const headers = own ? sessionFor(request, own).headers : new Headers();
  return { ok: true, is: team ? 'team' : 'elsewhere', headers };
}

/** This browser's session as Auth has it after the confirmation; null where there is none, or Auth gives no answer. */
async function renewed(request: Request, env: Env): Promise<AuthSession | null> {
  const refreshToken = cookiesOf(request).get(VISITOR_COOKIE);
  if (refreshToken === undefined) return null;
  const refreshed = await refreshVisitor(env, refreshToken);
  return refreshed.is === 'live' ? refreshed.session : null;
}

/** The support team's accounts are for the desk: their mails work here, but sign nobody in on the site. */
async function signInHere(request: Request, env: Env, session: AuthSession): Promise<Confirmed> {
  const verified = await verifyAccessToken(env, session.access_token);
  const team = verified.ok ? await isTeam(env, verified.claims) : null;
  if (team === null) {
    // Confirmed all the same; signing in is another day's work.
    await endSession(env, session.access_token);
    return { ok: false, refusal: 'away' };
  }
  if (team) {
    await endSession(env, session.access_token);
    return { ok: true, is: 'team', headers: new Headers() };
  }
  await rememberPerson(env, session.user);
  return { ok: true, is: 'confirmed', headers: sessionFor(request, session).headers };
}

async function recoveryOf(request: Request, env: Env) {
  const sealed = cookiesOf(request).get(FLOW_COOKIE);
  return sealed === undefined ? null : unseal(env, RECOVERY, sealed, recoverySchema);
}
