import {
  combineChunks,
  createServerClient,
  parseCookieHeader,
  serializeCookieHeader,
  stringFromBase64URL,
} from '@supabase/ssr';
import { z } from 'zod';
import { definiteFetch, type NoAnswer } from './auth-client.server.ts';

/** Name of the cookie (or of its numbered chunks) that holds an agent's session. */
export const SESSION_COOKIE = 'wellchina-agent';

type AuthEnv = Pick<Env, 'SUPABASE_URL' | 'SUPABASE_ANON_KEY'>;
type ServerClient = ReturnType<typeof createServerClient>;

export interface RequestAuth {
  auth: ServerClient['auth'];
  /** Set when a call got no definite answer: whatever the client then says about the session means nothing. */
  noAnswer(): NoAnswer | null;
  /** Cookies and cache headers for the response; none where Auth gave no answer, so nobody loses a session by it. */
  headers(): Headers;
}

/**
 * Supabase Auth for one request, with the session in the request's cookies (HttpOnly, SameSite=Lax). Only a
 * definite answer may end a session: what the client makes of none is dropped with `headers()`.
 */
export function authOf(request: Request, env: AuthEnv): RequestAuth {
  const { fetch, noAnswer } = definiteFetch();
  const headers = new Headers();
  const client = createServerClient(env.SUPABASE_URL, env.SUPABASE_ANON_KEY, {
    cookieOptions: { name: SESSION_COOKIE, ...cookieAttributes(request) },
    cookies: {
      encode: 'tokens-only',
      getAll: () => readableCookies(request),
      setAll(cookies, cacheHeaders) {
        for (const { name, value, options } of cookies) {
          headers.append('Set-Cookie', serializeCookieHeader(name, value, options));
        }
        for (const [name, value] of Object.entries(cacheHeaders)) headers.set(name, value);
      },
    },
    global: { fetch },
  });
  return {
    auth: client.auth,
    noAnswer,
    headers: () => (noAnswer() === null ? new Headers(headers) : new Headers()),
  };
}

/** Headers that take the session cookie, all its chunks, out of the browser. */
export function withoutSession(request: Request): Headers {
  const headers = new Headers({ 'Cache-Control': 'private, no-store' });
  for (const { name } of cookiesOf(request)) {
    if (!isSessionCookie(name)) continue;
    headers.append(
      'Set-Cookie',
      serializeCookieHeader(name, '', { ...cookieAttributes(request), maxAge: 0 }),
    );
  }
  return headers;
}

/**
 * The agent's access token as the cookie holds it, not verified and possibly expired; null where there is none.
 * For sockets and API calls, which must not refresh by the way: a client that is told 4401 calls `/agent/refresh`.
 */
export async function sessionTokenOf(request: Request): Promise<string | null> {
  const cookies = new Map(cookiesOf(request).map(({ name, value }) => [name, value]));
  const stored = await combineChunks(SESSION_COOKIE, (name) => cookies.get(name) ?? null);
  if (!stored) return null;
  try {
    const text = stored.startsWith('base64-') ? stringFromBase64URL(stored.slice('base64-'.length)) : stored;
    return storedSession.parse(JSON.parse(text)).access_token;
  } catch {
    return null;
  }
}

const storedSession = z.object({ access_token: z.string().min(1) });

/**
 * The cookies, those of a session that can't be read emptied: the client would print them, with a stack, for every
 * request that somebody made up. Their names stay, so that they are taken out of the browser.
 */
async function readableCookies(request: Request): Promise<{ name: string; value: string }[]> {
  const cookies = cookiesOf(request);
  if ((await sessionTokenOf(request)) !== null) return cookies;
  return cookies.map((cookie) => (isSessionCookie(cookie.name) ? { ...cookie, value: '' } : cookie));
}

const isSessionCookie = (name: string) => name === SESSION_COOKIE || name.startsWith(`${SESSION_COOKIE}.`);

function cookiesOf(request: Request): { name: string; value: string }[] {
  return parseCookieHeader(request.headers.get('Cookie') ?? '').map(({ name, value }) => ({
    name,
    value: value ?? '',
  }));
}

/** Secure wherever there is TLS; a plain `http://localhost` gets a cookie every browser keeps. */
function cookieAttributes(request: Request) {
  return {
    httpOnly: true,
    secure: new URL(request.url).protocol === 'https:',
    sameSite: 'lax',
    path: '/',
  } as const;
}
