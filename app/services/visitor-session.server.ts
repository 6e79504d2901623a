import { parseCookieHeader, serializeCookieHeader } from '@supabase/ssr';
import type { Session as AuthSession } from '@supabase/supabase-js';
import { z } from 'zod';
import { verifyAccessToken } from '../../workers/auth/access-token.ts';
import type { Claims } from '../../workers/auth/person.ts';
import { roomOf } from '../../workers/objects.ts';
import { displayName } from '../../workers/rooms/names.ts';
import { CLOSE } from '../protocol/codes.ts';
import type { Session } from '../protocol/http.ts';
import { authClient, type NoAnswer } from './auth-client.server.ts';

/** Holds a visitor's refresh token. Sent only to us, from our own frame on any site, kept apart for each site. */
export const VISITOR_COOKIE = '__Host-wellchina-visitor';
/** Set with the widget's document: whether it comes back tells if this browser keeps our cookies at all. */
export const PROBE_COOKIE = '__Host-wellchina-probe';

const COOKIE = { httpOnly: true, secure: true, sameSite: 'none', partitioned: true, path: '/' } as const;
/** As long as Supabase keeps an unused refresh token by default: until it is used or revoked. Browsers cap at 400 days. */
const MAX_AGE_SECONDS = 400 * 24 * 3600;

export const sessionRequestSchema = z.object({
  /** From the frame's own storage, where the browser keeps no cookie. */
  refreshToken: z.string().min(1).max(1000).optional(),
});

export type VisitorSession =
  | { ok: true; session: Session; headers: Headers }
  | { ok: false; reason: NoAnswer };

/**
 * Resumes the visitor's session from the cookie or the given refresh token, or else makes a guest. Only a definite
 * no of Auth leads to a new guest: never silence, a 5xx or a 429, which would cost a visitor their history.
 */
export async function openVisitorSession(
  request: Request,
  env: Env,
  given: string | undefined,
): Promise<VisitorSession> {
  const cookies = cookiesOf(request);
  const refreshToken = cookies.get(VISITOR_COOKIE) ?? given;
  const keepsCookies = cookies.has(VISITOR_COOKIE) || cookies.has(PROBE_COOKIE);
  if (refreshToken) {
    const { auth, noAnswer } = authClient(env, env.SUPABASE_ANON_KEY);
    const { data } = await auth.refreshSession({ refresh_token: refreshToken });
    if (data.session) return opened(data.session, keepsCookies);
    const reason = noAnswer();
    if (reason) return { ok: false, reason };
  }
  const { auth, noAnswer } = authClient(env, env.SUPABASE_SERVICE_ROLE_KEY, forwardedFor(request));
  const { data } = await auth.signInAnonymously();
  if (data.session) return opened(data.session, keepsCookies);
  return { ok: false, reason: noAnswer() ?? 'away' };
}

/**
 * Ends the session of this access token, and the sockets opened with it. The cookie goes in any case, for the
 * person asked for it.
 */
export async function closeVisitorSession(env: Env, accessToken: string | null): Promise<Headers> {
  const verified = accessToken === null ? null : await verifyAccessToken(env, accessToken);
  if (accessToken && verified?.ok) {
    const { auth } = authClient(env, env.SUPABASE_SERVICE_ROLE_KEY);
    await Promise.all([auth.admin.signOut(accessToken, 'local'), closeSockets(env, verified.claims)]);
  }
  const headers = new Headers();
  headers.append('Set-Cookie', serializeCookieHeader(VISITOR_COOKIE, '', { ...COOKIE, maxAge: 0 }));
  return headers;
}

/**
 * Shuts the visitor's sockets and voids their tickets, in old conversations too; a device still signed in comes back
 * with a newer token.
 */
async function closeSockets(env: Env, claims: Claims): Promise<void> {
  let before: string | undefined;
  do {
    const query = { scope: 'all', limit: 100, reader: 'visitor', ...(before ? { before } : {}) } as const;
    const listed = await env.STORE.listConversations(claims, query);
    if (!listed.ok) return;
    await Promise.all(
      listed.conversations.map(({ id }) => roomOf(env, id).revoke(claims.sub, CLOSE.signedOut)),
    );
    before = listed.next;
  } while (before !== undefined);
}

function opened(session: AuthSession, keepsCookies: boolean): VisitorSession {
  const headers = new Headers();
  headers.append(
    'Set-Cookie',
    serializeCookieHeader(VISITOR_COOKIE, session.refresh_token, { ...COOKIE, maxAge: MAX_AGE_SECONDS }),
  );
  const { user } = session;
  const fullName: unknown = user.user_metadata.full_name;
  const name = typeof fullName === 'string' ? displayName(fullName) : null;
  return {
    ok: true,
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
      ...(keepsCookies ? {} : { refreshToken: session.refresh_token }),
    },
  };
}

/**
 * Tells Auth whose sign-in this is, or its limit on anonymous sign-ins for one address would become the whole
 * site's. Auth believes the header only with the server's own key.
 */
function forwardedFor(request: Request): Record<string, string> {
  const address = request.headers.get('CF-Connecting-IP');
  return address ? { 'Sb-Forwarded-For': address } : {};
}

function cookiesOf(request: Request): Map<string, string> {
  const cookies = parseCookieHeader(request.headers.get('Cookie') ?? '');
  return new Map(cookies.flatMap(({ name, value }) => (value ? [[name, value] as const] : [])));
}
