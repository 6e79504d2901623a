import type { Session as AuthSession, User } from '@supabase/supabase-js';
import { z } from 'zod';
import { verifyAccessToken } from '../../workers/auth/access-token.ts';
import type { Claims } from '../../workers/auth/person.ts';
import { log } from '../../workers/log.ts';
import { roomOf } from '../../workers/objects.ts';
import { displayName } from '../../workers/rooms/names.ts';
import { CLOSE } from '../protocol/codes.ts';
import type { Session } from '../protocol/http.ts';
import { authClient, type NoAnswer, visitorAuthClient } from './auth-client.server.ts';
import { isDefiniteNo } from './auth-problem.server.ts';
import { checkCaptcha } from './captcha.server.ts';
import { endInOrder } from './ending.server.ts';
import {
  cookiesOf,
  dropCookie,
  keepsCookies,
  SITE_COOKIE,
  setCookie,
  VISITOR_COOKIE,
} from './visitor-cookies.server.ts';

export const sessionRequestSchema = z.object({
  /** From the frame's own storage, where the browser keeps no cookie. */
  refreshToken: z.string().min(1).max(1000).optional(),
  /** Turnstile’s word that a new guest is a person, where it is asked. */
  captchaToken: z.string().min(1).max(2048).optional(),
});

/** The end of a session may bring the same, where the access token is over. */
export const endRequestSchema = sessionRequestSchema.pick({ refreshToken: true });

export type VisitorSession =
  | { ok: true; session: Session; headers: Headers }
  | { ok: false; reason: NoAnswer | 'captcha' };

/** Whether this browser sent a visitor's session along; whether it still is one is for Auth to say. */
export function hasVisitorCookie(request: Request): boolean {
  return cookiesOf(request).has(VISITOR_COOKIE);
}

/**
 * Resumes the visitor's session from the cookie or the given refresh token, or else makes a guest. Only a definite
 * no of Auth leads to a new guest: never silence, a 5xx or a 429, which would cost a visitor their history. Or that
 * they have joined the support team.
 */
export async function openVisitorSession(
  request: Request,
  env: Env,
  given: string | undefined,
  captchaToken?: string,
): Promise<VisitorSession> {
  const refreshToken = cookiesOf(request).get(VISITOR_COOKIE) ?? given;
  if (refreshToken) {
    const refreshed = await refreshVisitor(env, refreshToken);
    if (refreshed.is === 'live' && !(await endedAsTeam(env, refreshed.session))) {
      return { ok: true, ...sessionFor(request, refreshed.session) };
    }
    if (refreshed.is === 'unknown') return { ok: false, reason: refreshed.because };
  }
  const captcha = await checkCaptcha(request, env, captchaToken);
  if (captcha !== 'passed') return { ok: false, reason: captcha === 'away' ? 'away' : 'captcha' };
  const { auth, noAnswer } = visitorAuthClient(request, env);
  const { data } = await auth.signInAnonymously();
  if (data.session) return { ok: true, ...sessionFor(request, data.session) };
  return { ok: false, reason: noAnswer() ?? 'away' };
}

/**
 * Whoever has joined the support team talks at the desk: their visitor's session, which the rooms would take for an
 * agent's, is ended, and here they are a guest. Where Postgres can't tell, rooms can't either; the next refresh asks again.
 */
async function endedAsTeam(env: Env, session: AuthSession): Promise<boolean> {
  if (session.user.is_anonymous) return false;
  const verified = await verifyAccessToken(env, session.access_token);
  if (!verified.ok) return false;
  const found = await env.STORE.currentAgent(verified.claims);
  if (!found.ok || found.agent === null) return false;
  await endVisitor(env, session.access_token, verified.claims, 'local');
  return true;
}

/** A refresh token's next session, used up by asking. Only `dead` is Auth's own no. */
export async function refreshVisitor(
  env: Env,
  refreshToken: string,
): Promise<{ is: 'live'; session: AuthSession } | { is: 'dead' } | { is: 'unknown'; because: NoAnswer }> {
  const { auth, noAnswer } = authClient(env, env.SUPABASE_ANON_KEY);
  const { data, error } = await auth.refreshSession({ refresh_token: refreshToken });
  if (data.session) return { is: 'live', session: data.session };
  return isDefiniteNo(error, noAnswer()) ? { is: 'dead' } : { is: 'unknown', because: noAnswer() ?? 'away' };
}

/**
 * Ends the visitor's session and the sockets opened with it: that of the access token or, where that is over, which
 * sockets and refresh tokens outlive, that of the refresh token. The cookie goes in any case, for the person asked
 * for it.
 */
export async function closeVisitorSession(
  request: Request,
  env: Env,
  accessToken: string | null,
  given: string | undefined,
): Promise<Headers> {
  const verified = accessToken === null ? null : await verifyAccessToken(env, accessToken);
  if (accessToken && verified?.ok) await endVisitor(env, accessToken, verified.claims, 'local');
  else await endByRefreshToken(env, cookiesOf(request).get(VISITOR_COOKIE) ?? given);
  return withoutVisitor();
}

async function endByRefreshToken(env: Env, refreshToken: string | undefined): Promise<void> {
  if (refreshToken === undefined) return;
  const refreshed = await refreshVisitor(env, refreshToken);
  if (refreshed.is !== 'live') return;
  const { access_token: accessToken } = refreshed.session;
  const verified = await verifyAccessToken(env, accessToken);
  if (verified.ok) await endVisitor(env, accessToken, verified.claims, 'local');
}

/** Ends a session at Auth, or every one of its person, and then the sockets. */
export async function endVisitor(
  env: Env,
  accessToken: string,
  claims: Claims,
  scope: 'local' | 'global',
): Promise<void> {
  const { auth } = authClient(env, env.SUPABASE_SERVICE_ROLE_KEY);
  await endInOrder(auth.admin.signOut(accessToken, scope), () => closeSockets(env, claims));
}

/** Headers that make this browser nobody's again. */
export function withoutVisitor(): Headers {
  const headers = new Headers();
  dropCookie(headers, VISITOR_COOKIE);
  dropCookie(headers, SITE_COOKIE);
  return headers;
}

/** How long to wait before each try to close somebody's sockets, milliseconds; together inside the promised 5 s. */
const REVOCATION_WAITS_MS = [0, 200, 800, 2_500];

/**
 * Shuts the visitor's sockets and voids their tickets, in old conversations too; a device still signed in comes back
 * with a newer token. Tries again where Postgres or a room doesn't answer, and says so in the log when none does.
 */
export async function closeSockets(env: Env, claims: Claims): Promise<void> {
  for (const wait of REVOCATION_WAITS_MS) {
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    if (await tryToCloseSockets(env, claims)) return;
  }
  log({ event: 'revocation_failed' });
}

async function tryToCloseSockets(env: Env, claims: Claims): Promise<boolean> {
  let before: string | undefined;
  let all = true;
  do {
    const query = { scope: 'all', limit: 100, reader: 'visitor', ...(before ? { before } : {}) } as const;
    const listed = await env.STORE.listConversations(claims, query);
    if (!listed.ok) return false;
    const closed = await Promise.allSettled(
      listed.conversations.map(({ id }) => roomOf(env, id).revoke(claims.sub, CLOSE.signedOut)),
    );
    all &&= closed.every(({ status }) => status === 'fulfilled');
    before = listed.next;
  } while (before !== undefined);
  return all;
}

/** A session of Auth's as the visitor's client gets it, and the cookies that keep it. */
export function sessionFor(request: Request, session: AuthSession): { session: Session; headers: Headers } {
  const { user } = session;
  const headers = new Headers();
  setCookie(headers, VISITOR_COOKIE, session.refresh_token);
  if (!user.is_anonymous) setCookie(headers, SITE_COOKIE, session.access_token);
  else if (cookiesOf(request).has(SITE_COOKIE)) dropCookie(headers, SITE_COOKIE);
  const name = nameOf(user);
  return {
    headers,
    session: {
      accessToken: session.access_token,
      expiresAt: new Date(Date.now() + session.expires_in * 1000).toISOString(),
      user: {
        id: user.id,
        isAnonymous: user.is_anonymous ?? false,
        ...(user.email ? { email: user.email } : {}),
        ...(name ? { name } : {}),
      },
      ...(keepsCookies(request) ? {} : { refreshToken: session.refresh_token }),
    },
  };
}

/** What a person calls themselves, or their provider calls them, made safe to show; null where nobody has said. */
export function nameOf({
  user_metadata: own,
  identities,
}: Pick<User, 'user_metadata' | 'identities'>): string | null {
  const told = [own, ...(identities ?? []).map(({ identity_data: data }) => data ?? {})];
  for (const { full_name: fullName, name } of told as Record<string, unknown>[]) {
    const given = [fullName, name].find((one) => typeof one === 'string' && one.trim() !== '');
    if (typeof given === 'string') return displayName(given);
  }
  return null;
}
