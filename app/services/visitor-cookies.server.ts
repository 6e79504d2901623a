import { parseCookieHeader, serializeCookieHeader } from '@supabase/ssr';

/** Holds a visitor's refresh token. Sent only to us, from our own frame on any site, kept apart for each site. */
export const VISITOR_COOKIE = '__Host-wellchina-visitor';
/** Set with the widget's document: whether it comes back tells if this browser keeps our cookies at all. */
export const PROBE_COOKIE = '__Host-wellchina-probe';
/** A registered visitor's access token, for our own pages: they show a name without asking Auth for each page. */
export const SITE_COOKIE = '__Host-wellchina-account';
/** What the way through Google needs when it comes back, sealed. */
export const FLOW_COOKIE = '__Host-wellchina-flow';

const FRAME = { httpOnly: true, secure: true, sameSite: 'none', partitioned: true, path: '/' } as const;
/** Our own pages' only: comes along when somebody follows a link here, never with another site's form or frame. */
const PAGE = { httpOnly: true, secure: true, sameSite: 'lax', path: '/' } as const;

const ATTRIBUTES = {
  [VISITOR_COOKIE]: FRAME,
  [FLOW_COOKIE]: FRAME,
  [SITE_COOKIE]: PAGE,
} as const;
type Ours = keyof typeof ATTRIBUTES;

/** As long as Supabase keeps an unused refresh token by default: until it is used or revoked. Browsers cap at 400 days. */
const MAX_AGE_SECONDS = 400 * 24 * 3600;

/** The request's cookies that have a value, by name. */
export function cookiesOf(request: Request): Map<string, string> {
  const cookies = parseCookieHeader(request.headers.get('Cookie') ?? '');
  return new Map(cookies.flatMap(({ name, value }) => (value ? [[name, value] as const] : [])));
}

/** Whether this browser has brought any of our frame's cookies back. */
export function keepsCookies(request: Request): boolean {
  const cookies = cookiesOf(request);
  return cookies.has(VISITOR_COOKIE) || cookies.has(PROBE_COOKIE);
}

/** @param maxAge seconds */
export function setCookie(headers: Headers, name: Ours, value: string, maxAge = MAX_AGE_SECONDS): void {
  headers.append('Set-Cookie', serializeCookieHeader(name, value, { ...ATTRIBUTES[name], maxAge }));
}

/** Takes the cookie out of the browser. */
export function dropCookie(headers: Headers, name: Ours): void {
  setCookie(headers, name, '', 0);
}
