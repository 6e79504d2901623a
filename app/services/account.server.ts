import { redirect } from '@remix-run/cloudflare';
import type { User } from '@supabase/supabase-js';
import { z } from 'zod';
import type { Claims } from '../../workers/auth/person.ts';
import { displayName } from '../../workers/rooms/names.ts';
import type { Profile } from '../../workers/store/profiles.ts';
import { storableText } from '../protocol/context.ts';
import { safeSiteNext } from '../site/account/safe-next.ts';
import { authClient, personalAuthClient, visitorAuthClient } from './auth-client.server.ts';
import { type AuthRefusal, refusalOf } from './auth-problem.server.ts';
import { endSession, isTeam, liveSession, rememberPerson } from './people.server.ts';
import { cookiesOf, SITE_COOKIE, VISITOR_COOKIE } from './visitor-cookies.server.ts';
import {
  closeSockets,
  endVisitor,
  refreshVisitor,
  sessionFor,
  withoutVisitor,
} from './visitor-session.server.ts';

/** The account's pages: who is signed in on the site, and what they may change of themselves. */

export interface Account {
  user: User;
  claims: Claims;
  accessToken: string;
  /** For the response: the refreshed session's cookies, where it was refreshed. */
  headers: Headers;
}

/**
 * The account a page is for. Auth is asked each time: a session that was ended elsewhere shows nothing any more.
 *
 * @throws Response a redirect to `/login` for whoever has none; 503 while Auth is away, which leaves the session as it is
 */
export async function requireAccount(request: Request, env: Env): Promise<Account> {
  const cookies = cookiesOf(request);
  const token = cookies.get(SITE_COOKIE);
  if (token !== undefined) {
    const live = await liveSession(env, token);
    if (live.is === 'unknown') throw away();
    if (live.is === 'live' && !live.user.is_anonymous) return ownAccount(env, live, new Headers());
  }
  const refreshToken = cookies.get(VISITOR_COOKIE);
  if (refreshToken === undefined) throw toLogin(request, token ? withoutVisitor() : new Headers());
  const refreshed = await refreshVisitor(env, refreshToken);
  if (refreshed.is === 'unknown') throw away();
  if (refreshed.is === 'dead') throw toLogin(request, withoutVisitor());
  const { headers } = sessionFor(request, refreshed.session);
  if (refreshed.session.user.is_anonymous) throw toLogin(request, headers);
  const live = await liveSession(env, refreshed.session.access_token);
  if (live.is !== 'live') throw away();
  return ownAccount(env, live, headers);
}

/** An account that has become the support team's since may read every conversation: this page is not for that. */
async function ownAccount(env: Env, account: Omit<Account, 'headers'>, headers: Headers): Promise<Account> {
  const team = await isTeam(env, account.claims);
  if (team === null) throw away();
  if (team) throw redirect('/agent', { headers: withoutVisitor() });
  const { user, claims, accessToken } = account;
  return { user, claims, accessToken, headers };
}

/** Whether this browser says it is signed in; the pages that need to know for sure ask `requireAccount`. */
export function seemsSignedIn(request: Request): boolean {
  return cookiesOf(request).has(SITE_COOKIE);
}

/** Whether there may be a guest in this browser, with a conversation to bring along. */
export function seemsGuest(request: Request): boolean {
  const cookies = cookiesOf(request);
  return cookies.has(VISITOR_COOKIE) && !cookies.has(SITE_COOKIE);
}

const claimsShown = z.object({
  email: z.string().optional().catch(undefined),
  user_metadata: z.object({ full_name: z.string().optional() }).optional().catch(undefined),
});

/**
 * What the site's header calls whoever is signed in, read from the cookie without asking anybody: it is shown to the
 * browser that brought it and opens nothing. Null for everybody else.
 */
export function shownName(request: Request): string | null {
  const token = cookiesOf(request).get(SITE_COOKIE);
  if (token === undefined) return null;
  try {
    const payload = (token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/');
    const bytes = Uint8Array.from(atob(payload), (character) => character.charCodeAt(0));
    const { email, user_metadata: own } = claimsShown.parse(JSON.parse(new TextDecoder().decode(bytes)));
    return displayName(own?.full_name) ?? displayName(email) ?? null;
  } catch {
    return null;
  }
}

const optional = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((value) => (value === '' || value === undefined ? null : value), schema.nullable());

/** What the profile's form sends; empty fields are no longer told. */
export const profileSchema = z.object({
  fullName: storableText.trim().min(1).max(80),
  phone: optional(
    z
      .string()
      .trim()
      .regex(/^[+\d][\d ()./-]{2,39}$/u),
  ),
  age: optional(z.coerce.number().int().min(0).max(130)),
  nationality: optional(storableText.trim().min(1).max(80)),
  locale: optional(z.enum(['en', 'zh', 'ja', 'ko', 'ru', 'ar', 'fr', 'es'])),
});

/** @returns whether it has been written; the name goes to Auth too, so that tokens and rooms bear it */
export async function saveProfile(
  env: Env,
  { user }: Account,
  profile: Omit<Profile, 'email'>,
): Promise<boolean> {
  const fullName = displayName(profile.fullName);
  const saved = await env.STORE.saveProfile(user.id, { ...profile, fullName });
  if (!saved.ok) return false;
  if (fullName === user.user_metadata.full_name) return true;
  const { auth } = authClient(env, env.SUPABASE_SERVICE_ROLE_KEY);
  const { data } = await auth.admin.updateUserById(user.id, { user_metadata: { full_name: fullName } });
  if (!data.user) return false;
  await rememberPerson(env, data.user);
  return true;
}

/** Whether the account has a password; one made with Google alone has none. */
export function hasPassword({ user }: Pick<Account, 'user'>): boolean {
  return (user.identities ?? []).some(({ provider }) => provider === 'email');
}

/** Chooses a new password. Every other session of the account ends, and every socket opened with one. */
export async function changePassword(
  request: Request,
  env: Env,
  account: Account,
  { current, next }: { current: string; next: string },
): Promise<{ ok: true } | { ok: false; refusal: AuthRefusal; words: string }> {
  if (hasPassword(account)) {
    // Whoever sits down at an open browser must not be able to lock its owner out.
    const { auth, noAnswer } = visitorAuthClient(request, env);
    const asked = await auth.signInWithPassword({ email: account.user.email ?? '', password: current });
    if (!asked.data.session) {
      return { ok: false, refusal: refusalOf(asked.error, noAnswer()), words: '' };
    }
    await endSession(env, asked.data.session.access_token);
  }
  const { auth, noAnswer } = personalAuthClient(env, { accessToken: account.accessToken });
  const { data, error } = await auth.updateUser({ password: next });
  if (!data.user) return { ok: false, refusal: refusalOf(error, noAnswer()), words: error?.message ?? '' };
  await closeSockets(env, account.claims);
  return { ok: true };
}

/** Asks for another address; it counts once the mails to both have been answered. */
export async function changeEmail(
  request: Request,
  env: Env,
  account: Account,
  email: string,
): Promise<{ ok: true; waits: boolean } | { ok: false; refusal: AuthRefusal }> {
  const { auth, noAnswer } = personalAuthClient(env, { accessToken: account.accessToken });
  const { data, error } = await auth.updateUser({ email }, { emailRedirectTo: confirmUrl(request) });
  if (!data.user) return { ok: false, refusal: refusalOf(error, noAnswer()) };
  return { ok: true, waits: data.user.email !== email.toLowerCase() };
}

/**
 * Ends this browser's session, or every one of the account, and the sockets with them.
 *
 * @returns headers that make this browser nobody's; it is signed out even where Auth can't be told
 */
export async function signOut(env: Env, account: Account, scope: 'local' | 'global'): Promise<Headers> {
  await endVisitor(env, account.accessToken, account.claims, scope);
  return withoutVisitor();
}

/** Where links of mails come back to. */
export const confirmUrl = (request: Request) => `${new URL(request.url).origin}/auth/confirm`;

function toLogin(request: Request, headers: Headers): Response {
  const { pathname, search } = new URL(request.url);
  return redirect(`/login?next=${encodeURIComponent(safeSiteNext(pathname + search))}`, { headers });
}

function away(): Response {
  return new Response('The service can’t be reached right now.', {
    status: 503,
    headers: { 'Retry-After': '5', 'Cache-Control': 'no-store' },
  });
}
