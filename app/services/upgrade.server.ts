import type { UpgradeAnswer, UpgradeRequest } from '../protocol/http.ts';
import { tooManyAttempts } from './attempts.server.ts';
import { personalAuthClient, visitorAuthClient } from './auth-client.server.ts';
import { type AuthRefusal, refusalOf } from './auth-problem.server.ts';
import { beginGoogle, finishGoogle } from './google.server.ts';
import { liveSession, rememberPerson } from './people.server.ts';
import { sessionFor } from './visitor-session.server.ts';

/** A guest becomes somebody with an account. The user id stays, so conversations and open sockets do as well. */

export type Upgraded =
  | { ok: true; answer: UpgradeAnswer; headers: Headers }
  /** `words`: Auth's own, for a weak password. */
  | { ok: false; refusal: AuthRefusal; words?: string };

/** @param bearer the guest's access token */
export async function upgrade(
  request: Request,
  env: Env,
  bearer: string,
  asked: UpgradeRequest,
): Promise<Upgraded> {
  const live = await liveSession(env, bearer);
  if (live.is === 'dead') return { ok: false, refusal: 'signed_out' };
  if (live.is === 'unknown') return { ok: false, refusal: live.because };
  const { user } = live;
  if (asked.method === 'password') {
    // The same once more, after an answer that was lost on its way.
    const done = !user.is_anonymous && user.email === asked.email.toLowerCase();
    if (!user.is_anonymous && !done) return { ok: false, refusal: 'email_taken' };
    return upgradeByPassword(request, env, bearer, asked, { done, asked: user.new_email ?? null });
  }
  if (asked.code !== undefined) return finishUpgrade(request, env, user.id, asked.code, asked.state);
  const begun = await beginGoogle(request, env, 'popup', { link: { id: user.id, accessToken: bearer } });
  if (!begun.ok) return begun;
  const { url, state, headers } = begun;
  return { ok: true, answer: { status: 'continue', url, ...(state ? { state } : {}) }, headers };
}

/** @param before whether it has been done already, and the address whose confirmation has been asked for before */
async function upgradeByPassword(
  request: Request,
  env: Env,
  bearer: string,
  credentials: { email: string; password: string },
  before: { done: boolean; asked: string | null },
): Promise<Upgraded> {
  // Each of them may send a mail to an address that need not be theirs.
  if (await tooManyAttempts(request, env, credentials.email)) return { ok: false, refusal: 'busy' };
  if (!before.done) {
    const user = await giveAddress(request, env, bearer, credentials, before.asked);
    if ('refusal' in user) return { ok: false, ...user };
    if (user.waits) {
      const { email } = credentials;
      return { ok: true, answer: { status: 'confirmation_sent', email }, headers: new Headers() };
    }
  }
  // The old token still says guest; whoever has just chosen the password can have a new one for it.
  const { auth, noAnswer } = visitorAuthClient(request, env);
  const { data, error } = await auth.signInWithPassword(credentials);
  if (!data.session) return { ok: false, refusal: refusalOf(error, noAnswer()) };
  await rememberPerson(env, data.session.user);
  const { session, headers } = sessionFor(request, data.session);
  return { ok: true, answer: { status: 'done', session }, headers };
}

/** Gives the guest address and password; `waits` for the mail where the project asks for confirmation. */
async function giveAddress(
  request: Request,
  env: Env,
  bearer: string,
  { email, password }: { email: string; password: string },
  askedBefore: string | null,
): Promise<{ waits: boolean } | { refusal: AuthRefusal; words: string }> {
  const emailRedirectTo = `${new URL(request.url).origin}/auth/confirm`;
  const update = async (attributes: { email: string; password?: string }) => {
    const { auth, noAnswer } = personalAuthClient(env, { accessToken: bearer });
    const { data, error } = await auth.updateUser(attributes, { emailRedirectTo });
    return { user: data.user, error, refusal: data.user ? null : refusalOf(error, noAnswer()) };
  };
  let updated = await update({ email, password });
  // A second try while the first one's mail is out: the password is set already, the address may be another.
  if (updated.refusal === 'same_password') updated = await update({ email });
  if (updated.user) return { waits: updated.user.is_anonymous ?? false };
  if (updated.refusal === 'busy' && askedBefore === email.toLowerCase()) return { waits: true };
  return { refusal: updated.refusal ?? 'away', words: updated.error?.message ?? '' };
}

async function finishUpgrade(
  request: Request,
  env: Env,
  guestId: string,
  code: string,
  state: string | undefined,
): Promise<Upgraded> {
  const returned = await finishGoogle(request, env, 'popup', code, state);
  if (!returned.ok) return returned;
  // A code that was got for signing in, or by another guest, is no upgrade of this one.
  if (returned.flow.link !== guestId) return { ok: false, refusal: 'link_cancelled' };
  await rememberPerson(env, returned.session.user);
  const { session, headers } = sessionFor(request, returned.session);
  for (const cookie of returned.headers.getSetCookie()) headers.append('Set-Cookie', cookie);
  return { ok: true, answer: { status: 'done', session }, headers };
}
