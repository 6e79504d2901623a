import {
  combineChunks,
  createServerClient,
  parseCookieHeader,
  serializeCookieHeader,
  stringFromBase64URL,
} from '@supabase/ssr';
import type { Session } from '@supabase/supabase-js';
import { z } from 'zod';
import { definiteFetch, type NoAnswer } from './auth-client.server.ts';

/**
 * Name of the cookie (or of its numbered chunks) that holds an agent's session. Where there is TLS it is `__Host-`: no
 * other site under the same domain can set one, and have an agent work in somebody else's name.
 */
function sessionCookie(request: Request): string {
  return isSecure(request) ? '__Host-wellchina-agent' : 'wellchina-agent';
}

type AuthEnv = Pick<Env, 'SUPABASE_URL' | 'SUPABASE_ANON_KEY'>;
type ServerClient = ReturnType<typeof createServerClient>;

export interface RequestAuth {
  /** For what isn't about the session the request came with: that is `session` and `renew`. */
  auth: ServerClient['auth'];
  /** The session of the request's cookies, renewed where it is about to end; null where there is none. */
  session(): Promise<Session | null>;
  /** Trades its refresh token for a new session; null where there is none, or where that got no yes. */
  renew(): Promise<Session | null>;
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
    cookieOptions: { name: sessionCookie(request), ...cookieAttributes(request) },
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
  const { auth } = client;
  const renew = async () => {
    const over = await endedSessionOf(request);
    const { data } = await auth.refreshSession(over ? { refresh_token: over.refresh_token } : undefined);
    return data.session;
  };
  return {
    auth,
    renew,
    async session() {
      const { data } = await auth.getSession();
      return data.session ?? ((await endedSessionOf(request)) ? renew() : null);
    },
    noAnswer,
    headers: () => (noAnswer() === null ? new Headers(headers) : new Headers()),
  };
}

/** Headers that take the session cookie, all its chunks, out of the browser. */
export function withoutSession(request: Request): Headers {
  const headers = new Headers({ 'Cache-Control': 'private, no-store' });
  for (const { name } of cookiesOf(request)) {
    if (!isSessionCookie(request, name)) continue;
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
  return (await storedSessionOf(request))?.access_token ?? null;
}

async function storedSessionOf(request: Request): Promise<z.infer<typeof storedSession> | null> {
  const cookies = new Map(cookiesOf(request).map(({ name, value }) => [name, value]));
  const stored = await combineChunks(sessionCookie(request), (name) => cookies.get(name) ?? null);
  if (!stored) return null;
  try {
    const text = stored.startsWith('base64-') ? stringFromBase64URL(stored.slice('base64-'.length)) : stored;
    return storedSession.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

const storedSession = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1),
  /** Seconds since the epoch. */
  expires_at: z.number().default(0),
});

/** Ends in less than this, seconds: the client would renew it before anybody has asked it to. */
const NEARLY_OVER_S = 90;

/** The session of the cookies if it is over, or nearly. */
async function endedSessionOf(request: Request): Promise<z.infer<typeof storedSession> | null> {
  const session = await storedSessionOf(request);
  return session && session.expires_at - Date.now() / 1000 < NEARLY_OVER_S ? session : null;
}

/**
 * The cookies, those of a session that can't be read, or is over, emptied: the client would print the one and, where
 * Auth refuses it, the other, with a stack, for every request that somebody made up. Their names stay, so that they
 * are taken out of the browser.
 */
async function readableCookies(request: Request): Promise<{ name: string; value: string }[]> {
  const cookies = cookiesOf(request);
  if ((await storedSessionOf(request)) !== null && (await endedSessionOf(request)) === null) return cookies;
  return cookies.map((cookie) => (isSessionCookie(request, cookie.name) ? { ...cookie, value: '' } : cookie));
}

const isSecure = (request: Request) => new URL(request.url).protocol === 'https:';

function isSessionCookie(request: Request, name: string): boolean {
  const ours = sessionCookie(request);
  return name === ours || name.startsWith(`${ours}.`);
}

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
    secure: isSecure(request),
    sameSite: 'lax',
    path: '/',
  } as const;
}
