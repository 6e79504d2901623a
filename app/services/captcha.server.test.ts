import { afterEach, expect, test, vi } from 'vitest';
import { testEnv } from '../../workers/testing/environment.ts';
import { checkCaptcha } from './captcha.server.ts';

const on = { TURNSTILE_SITE_KEY: 'site', TURNSTILE_SECRET: 'secret' };
const request = new Request('https://chat.example/api/session', {
  headers: { 'CF-Connecting-IP': '203.0.113.7' },
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

function answering(answer: () => Response | Promise<Response>) {
  vi.spyOn(console, 'log').mockImplementation(() => {});
  const fetched = vi.fn(async (_url: string, _init: RequestInit) => answer());
  vi.stubGlobal('fetch', fetched);
  return fetched;
}

test('off, nobody is asked', async () => {
  const fetched = answering(() => Response.json({ success: false }));
  expect(await checkCaptcha(request, testEnv(), undefined)).toBe('passed');
  expect(fetched).not.toHaveBeenCalled();
});

test('on, no token is a no, without asking', async () => {
  const fetched = answering(() => Response.json({ success: true }));
  expect(await checkCaptcha(request, testEnv(on), undefined)).toBe('refused');
  expect(fetched).not.toHaveBeenCalled();
});

test('a good token passes; the secret, the token and the address are what is asked about', async () => {
  const fetched = answering(() => Response.json({ success: true, hostname: 'chat.example' }));
  expect(await checkCaptcha(request, testEnv(on), 'token')).toBe('passed');
  const [url, init] = fetched.mock.calls[0] ?? [];
  expect(url).toBe('https://challenges.cloudflare.com/turnstile/v0/siteverify');
  expect(Object.fromEntries(init?.body as URLSearchParams)).toEqual({
    secret: 'secret',
    response: 'token',
    remoteip: '203.0.113.7',
  });
});

test.each(['invalid-input-response', 'timeout-or-duplicate', 'missing-input-response'])(
  '%s is a no',
  async (code) => {
    answering(() => Response.json({ success: false, 'error-codes': [code] }));
    expect(await checkCaptcha(request, testEnv(on), 'token')).toBe('refused');
  },
);

test.each<[string, () => Response | Promise<Response>]>([
  ['its failure', () => new Response('oops', { status: 500 })],
  ['a page instead of an answer', () => new Response('<html>')],
  ['an internal error', () => Response.json({ success: false, 'error-codes': ['internal-error'] })],
  [
    'our secret being wrong',
    () => Response.json({ success: false, 'error-codes': ['invalid-input-secret'] }),
  ],
  ['a no without a reason', () => Response.json({ success: false })],
  ['something else altogether', () => Response.json({ success: 'yes' })],
  ['nobody there', () => Promise.reject(new TypeError('fetch failed'))],
])('%s lets nobody in, and blames nobody', async (_, answer) => {
  answering(answer);
  expect(await checkCaptcha(request, testEnv(on), 'token')).toBe('away');
});
