import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { authOf, sessionTokenOf, withoutSession } from './supabase.server.ts';

const env = { SUPABASE_URL: 'http://auth.invalid', SUPABASE_ANON_KEY: 'anon' };
const hour = 3_600;
const SESSION_COOKIE = '__Host-wellchina-agent';

function stored(expiresIn: number): string {
  const now = Math.floor(Date.now() / 1000);
  const session = {
    access_token: `token-${expiresIn}`,
    refresh_token: 'refresh',
    token_type: 'bearer',
    expires_in: hour,
    expires_at: now + expiresIn,
  };
  return `base64-${Buffer.from(JSON.stringify(session)).toString('base64url')}`;
}

function request(cookie: string, url = 'https://chat.example/agent'): Request {
  return new Request(url, { headers: { Cookie: cookie } });
}

function authAnswers(answer: () => Response | Promise<Response>): void {
  vi.stubGlobal('fetch', vi.fn(answer));
}

const renewed = () =>
  Response.json({
    access_token: 'new-token',
    refresh_token: 'new-refresh',
    token_type: 'bearer',
    expires_in: hour,
    user: { id: 'a1', aud: 'authenticated', app_metadata: {}, user_metadata: {}, created_at: '' },
  });

// The client would tell of every refresh that failed, and anybody can make one fail.
beforeEach(() => {
  vi.spyOn(console, 'warn');
  vi.spyOn(console, 'error');
});
afterEach(() => {
  expect(console.warn).not.toHaveBeenCalled();
  expect(console.error).not.toHaveBeenCalled();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

describe('an expired session', () => {
  const expired = request(`${SESSION_COOKIE}=${stored(-hour)}`);

  it.each([500, 502, 503, 504, 540, 429, 408])(
    'survives a %i, at once and without a retry',
    async (status) => {
      authAnswers(() => new Response('upstream', { status }));
      const session = authOf(expired, env);
      await session.session();
      expect(session.noAnswer()).toBe(status === 429 ? 'busy' : 'away');
      expect(session.headers().getSetCookie()).toEqual([]);
      expect(fetch).toHaveBeenCalledTimes(1);
    },
  );

  it('survives Auth not being there at all', async () => {
    authAnswers(() => Promise.reject(new TypeError('connection refused')));
    const session = authOf(expired, env);
    await session.session();
    expect(session.noAnswer()).toBe('away');
    expect(session.headers().getSetCookie()).toEqual([]);
  });

  it('ends with a definite no', async () => {
    authAnswers(() => Response.json({ error_code: 'refresh_token_not_found', msg: 'no' }, { status: 400 }));
    const session = authOf(expired, env);
    expect(await session.session()).toBeNull();
    expect(session.noAnswer()).toBeNull();
    expect(session.headers().getSetCookie().join()).toContain(`${SESSION_COOKIE}=;`);
  });

  it('is renewed into a cookie no script and no other site can use', async () => {
    authAnswers(renewed);
    const session = authOf(expired, env);
    expect((await session.session())?.access_token).toBe('new-token');
    const headers = session.headers();
    const [cookie = ''] = headers.getSetCookie();
    for (const attribute of ['HttpOnly', 'Secure', 'SameSite=Lax', 'Path=/'])
      expect(cookie).toContain(attribute);
    expect(headers.get('Cache-Control')).toContain('no-store');
    const [pair = ''] = cookie.split(';');
    expect(await sessionTokenOf(request(pair))).toBe('new-token');
  });
});

it('leaves Secure out where there is no TLS, so that every browser keeps it on localhost', async () => {
  authAnswers(renewed);
  const session = authOf(request(`wellchina-agent=${stored(-hour)}`, 'http://localhost:8787/agent'), env);
  await session.session();
  const cookies = session.headers().getSetCookie().join();
  expect(cookies).toContain('wellchina-agent=base64-');
  expect(cookies).not.toMatch(/Secure|__Host-/u);
});

describe('sessionTokenOf', () => {
  it('reads the token, also from chunks, and asks nobody', async () => {
    const value = stored(hour);
    const chunks = `${SESSION_COOKIE}.0=${value.slice(0, 40)}; ${SESSION_COOKIE}.1=${value.slice(40)}`;
    expect(await sessionTokenOf(request(`other=1; ${SESSION_COOKIE}=${value}`))).toBe(`token-${hour}`);
    expect(await sessionTokenOf(request(chunks))).toBe(`token-${hour}`);
  });

  it.each([
    '',
    'other=1',
    `${SESSION_COOKIE}=`,
    `${SESSION_COOKIE}=base64-%%%`,
    `${SESSION_COOKIE}=base64-e30`,
  ])('finds none in %j', async (cookie) => {
    expect(await sessionTokenOf(request(cookie))).toBeNull();
  });
});

it('takes no session from a cookie that another site of the same domain could have set', async () => {
  const tossed = request(`wellchina-agent=${stored(hour)}; wellchina-agent.0=${stored(hour)}`);
  expect(await sessionTokenOf(tossed)).toBeNull();
  expect(await authOf(tossed, env).session()).toBeNull();
});

it('takes every chunk of the session out of the browser, and nothing else', () => {
  const cookies = withoutSession(
    request(`${SESSION_COOKIE}.0=a; ${SESSION_COOKIE}.1=b; other=c`),
  ).getSetCookie();
  expect(cookies).toHaveLength(2);
  expect(cookies.every((cookie) => cookie.startsWith(SESSION_COOKIE) && cookie.includes('Max-Age=0'))).toBe(
    true,
  );
});
