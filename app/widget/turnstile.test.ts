import { expect, test, vi } from 'vitest';
import type { Session } from '../protocol/http.ts';
import type { Api, Result } from './http.ts';
import { withTurnstile } from './turnstile.ts';

const session: Session = {
  accessToken: 'a',
  expiresAt: '2026-01-01T00:00:00.000Z',
  user: { id: crypto.randomUUID(), isAnonymous: true },
};
const asked: Result<Session> = {
  ok: false,
  kind: 'refused',
  code: 'captcha_required',
  detail: 'Please confirm that you’re a person.',
  siteKey: 'site',
};

const api = (...answers: Result<Session>[]) => {
  const calls = vi.fn<Api['session']>(async () => answers.shift() ?? asked);
  return { session: calls };
};

test('whom the server knows meets no captcha', async () => {
  const solve = vi.fn();
  const calls = api({ ok: true, value: session });
  expect(await withTurnstile(calls, solve).session('token')).toEqual({ ok: true, value: session });
  expect(solve).not.toHaveBeenCalled();
});

test('a new guest is asked about once, and comes in with the token', async () => {
  const calls = api(asked, { ok: true, value: session });
  const solve = vi.fn(async () => 'proof');
  expect(await withTurnstile(calls, solve).session(null)).toEqual({ ok: true, value: session });
  expect(solve).toHaveBeenCalledExactlyOnceWith('site');
  expect(calls.session.mock.calls).toEqual([[null], [null, 'proof']]);
});

test('without a proof, or with one that isn’t taken, there is the server’s sentence and no second try', async () => {
  const calls = api();
  expect(await withTurnstile(calls, async () => null).session(null)).toEqual(asked);
  expect(calls.session).toHaveBeenCalledTimes(1);
  const solve = vi.fn(async () => 'stale');
  expect(await withTurnstile(api(), solve).session(null)).toEqual(asked);
  expect(solve).toHaveBeenCalledTimes(1);
});

test('other refusals are nothing for Turnstile', async () => {
  const solve = vi.fn();
  const away: Result<Session> = { ok: false, kind: 'unavailable', retryAfterMs: 5_000 };
  expect(await withTurnstile(api(away), solve).session(null)).toEqual(away);
  expect(solve).not.toHaveBeenCalled();
});
