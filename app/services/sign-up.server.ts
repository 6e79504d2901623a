import type { Session as AuthSession } from '@supabase/supabase-js';
import { confirmUrl } from './account.server.ts';
import { tooManyAttempts } from './attempts.server.ts';
import { personalAuthClient, visitorAuthClient } from './auth-client.server.ts';
import { type AuthRefusal, refusalOf } from './auth-problem.server.ts';
import { rememberPerson } from './people.server.ts';
import { cookiesOf, VISITOR_COOKIE } from './visitor-cookies.server.ts';
import { refreshVisitor, sessionFor } from './visitor-session.server.ts';

interface NewAccount {
  fullName: string;
  email: string;
  password: string;
}

export type SignedUp =
  | { ok: true; waits: boolean; headers: Headers }
  | { ok: false; refusal: AuthRefusal; words: string; headers: Headers };

/**
 * Makes an account. Whoever has talked here as a guest becomes the account: their id and conversations stay.
 * `waits` for the mail where the project asks for confirmation.
 */
export async function signUp(request: Request, env: Env, account: NewAccount): Promise<SignedUp> {
  // Each may send a mail to somebody who never asked for it, as may the two below.
  if (await tooManyAttempts(request, env, account.email)) {
    return { ok: false, refusal: 'busy', words: '', headers: new Headers() };
  }
  const refreshToken = cookiesOf(request).get(VISITOR_COOKIE);
  const refreshed = refreshToken === undefined ? null : await refreshVisitor(env, refreshToken);
  if (refreshed?.is === 'unknown') {
    return { ok: false, refusal: refreshed.because, words: '', headers: new Headers() };
  }
  return refreshed?.is === 'live' && refreshed.session.user.is_anonymous
    ? upgradeGuest(request, env, refreshed.session, account)
    : makeAccount(request, env, account);
}

async function upgradeGuest(
  request: Request,
  env: Env,
  guest: AuthSession,
  { fullName, email, password }: NewAccount,
): Promise<SignedUp> {
  // Whatever becomes of it, the guest's refresh token is a new one by now.
  const { headers } = sessionFor(request, guest);
  const client = personalAuthClient(env, { accessToken: guest.access_token });
  const { data, error } = await client.auth.updateUser(
    { email, password, data: { full_name: fullName } },
    { emailRedirectTo: confirmUrl(request) },
  );
  if (!data.user) {
    // The same form once more: the mail is out.
    if (error?.code === 'same_password' && guest.user.new_email === email.toLowerCase()) {
      return { ok: true, waits: true, headers };
    }
    return { ok: false, refusal: refusalOf(error, client.noAnswer()), words: error?.message ?? '', headers };
  }
  if (data.user.is_anonymous) return { ok: true, waits: true, headers };
  const refreshed = await refreshVisitor(env, guest.refresh_token);
  if (refreshed.is !== 'live') return { ok: false, refusal: 'away', words: '', headers };
  await rememberPerson(env, refreshed.session.user);
  return { ok: true, waits: false, headers: sessionFor(request, refreshed.session).headers };
}

async function makeAccount(
  request: Request,
  env: Env,
  { fullName, email, password }: NewAccount,
): Promise<SignedUp> {
  const { auth, noAnswer } = visitorAuthClient(request, env);
  const { data, error } = await auth.signUp({
    email,
    password,
    options: { data: { full_name: fullName }, emailRedirectTo: confirmUrl(request) },
  });
  const headers = new Headers();
  if (!data.user)
    return { ok: false, refusal: refusalOf(error, noAnswer()), words: error?.message ?? '', headers };
  if (!data.session) return { ok: true, waits: true, headers };
  await rememberPerson(env, data.session.user);
  return { ok: true, waits: false, headers: sessionFor(request, data.session).headers };
}

/** Asks for the mail that lets somebody choose a new password. The answer never says whether the address has an account. */
export async function askForNewPassword(
  request: Request,
  env: Env,
  email: string,
): Promise<AuthRefusal | null> {
  if (await tooManyAttempts(request, env, email)) return 'busy';
  const { auth, noAnswer } = visitorAuthClient(request, env);
  const { error } = await auth.resetPasswordForEmail(email, { redirectTo: confirmUrl(request) });
  return error ? refusalOf(error, noAnswer()) : null;
}

/** Sends the confirmation of a new account once more. */
export async function askForConfirmation(
  request: Request,
  env: Env,
  email: string,
): Promise<AuthRefusal | null> {
  if (await tooManyAttempts(request, env, email)) return 'busy';
  const { auth, noAnswer } = visitorAuthClient(request, env);
  const options = { emailRedirectTo: confirmUrl(request) };
  const { error } = await auth.resend({ type: 'signup', email, options });
  return error ? refusalOf(error, noAnswer()) : null;
}
