import type { Session as AuthSession } from '@supabase/supabase-js';
import { z } from 'zod';
import { personalAuthClient } from './auth-client.server.ts';
import { type AuthRefusal, refusalOf } from './auth-problem.server.ts';
import { seal, unseal } from './sealed.server.ts';
import { cookiesOf, dropCookie, FLOW_COOKIE, keepsCookies, setCookie } from './visitor-cookies.server.ts';

/**
 * The way through Google (PKCE): Auth gives a URL, the person says yes there, and a code comes back to a page of ours.
 * The code is worth nothing without the verifier, which waits sealed in a cookie or, where the browser keeps none,
 * with the panel.
 */

/** As long as Auth lets the way take (GoTrue's flow state, five minutes), and a little more. */
const FLOW_SECONDS = 600;

const flowSchema = z.object({
  verifier: z.string(),
  /** Whose guest session it began with, where the Google account is to become theirs. */
  link: z.uuid().optional(),
  /** Where our own pages go on. */
  next: z.string().optional(),
  bring: z.boolean().optional(),
});
export type GoogleFlow = z.infer<typeof flowSchema>;

/** `popup`: the panel's, by hand of the code. `page`: our own pages'. A flow for one is none for the other. */
export type GoogleWay = 'popup' | 'page';

export type Begun =
  | { ok: true; url: string; headers: Headers; state?: string }
  | { ok: false; refusal: AuthRefusal };

/**
 * Begins the way.
 *
 * @param link the guest whose account it becomes; absent to sign in
 */
export async function beginGoogle(
  request: Request,
  env: Env,
  way: GoogleWay,
  options: { link?: { id: string; accessToken: string }; next?: string; bring?: boolean },
): Promise<Begun> {
  const { link, next, bring } = options;
  const { auth, noAnswer, verifier } = personalAuthClient(env, link ? { accessToken: link.accessToken } : {});
  const path = way === 'popup' ? '/auth/popup' : '/auth/callback';
  const credentials = {
    provider: 'google',
    options: { redirectTo: `${new URL(request.url).origin}${path}`, skipBrowserRedirect: true },
  } as const;
  const { data, error } = await (link ? auth.linkIdentity(credentials) : auth.signInWithOAuth(credentials));
  const kept = verifier();
  if (!data.url || kept === null) return { ok: false, refusal: refusalOf(error, noAnswer()) };
  const flow: GoogleFlow = {
    verifier: kept,
    ...(link ? { link: link.id } : {}),
    ...(next === undefined ? {} : { next }),
    ...(bring === undefined ? {} : { bring }),
  };
  const state = await seal(env, purposeOf(way), flow, FLOW_SECONDS);
  const headers = new Headers();
  setCookie(headers, FLOW_COOKIE, state, FLOW_SECONDS);
  return { ok: true, url: data.url, headers, ...(keepsCookies(request) ? {} : { state }) };
}

export type Returned =
  | { ok: true; session: AuthSession; flow: GoogleFlow; headers: Headers }
  | { ok: false; refusal: AuthRefusal };

/**
 * The code that came back, for a session.
 *
 * @param state from whoever had to keep it instead of the cookie
 */
export async function finishGoogle(
  request: Request,
  env: Env,
  way: GoogleWay,
  code: string,
  state?: string,
): Promise<Returned> {
  const sealed = state ?? cookiesOf(request).get(FLOW_COOKIE);
  const flow = sealed === undefined ? null : await unseal(env, purposeOf(way), sealed, flowSchema);
  if (!flow) return { ok: false, refusal: 'link_cancelled' };
  const { auth, noAnswer } = personalAuthClient(env, { verifier: flow.verifier });
  const { data, error } = await auth.exchangeCodeForSession(code);
  if (!data.session) return { ok: false, refusal: refusalOf(error, noAnswer()) };
  // The guest's own id, or it isn't this guest that was linked.
  if (flow.link !== undefined && data.session.user.id !== flow.link)
    return { ok: false, refusal: 'identity_taken' };
  const headers = new Headers();
  dropCookie(headers, FLOW_COOKIE);
  return { ok: true, session: data.session, flow, headers };
}

/** What Auth says in the address it sends people back to when it didn't work. */
export function googleRefusal(query: URLSearchParams): 'identity_taken' | 'link_cancelled' | 'unavailable' {
  const code = query.get('error_code') ?? '';
  if (code === 'identity_already_exists' || code === 'email_exists') return 'identity_taken';
  return query.get('error') === 'server_error' || query.get('error') === 'temporarily_unavailable'
    ? 'unavailable'
    : 'link_cancelled';
}

const purposeOf = (way: GoogleWay) => `wellchina-google-${way}`;
