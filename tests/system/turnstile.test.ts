import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { type Problem, problemSchema, type Session } from '../../app/protocol/http.ts';
import { type Siteverify, startSiteverify } from '../support/siteverify.ts';
import { startWorker, type TestWorker } from '../support/worker.ts';

const backend = inject('backend');
let worker: TestWorker;
let siteverify: Siteverify;

beforeAll(async () => {
  siteverify = await startSiteverify();
  worker = await startWorker({
    ...backend,
    vars: {
      TURNSTILE_SITE_KEY: 'site-key',
      TURNSTILE_SECRET: 'secret',
      TURNSTILE_VERIFY_URL: siteverify.url,
    },
  });
});
beforeEach(() => {
  siteverify.mood = 'well';
  siteverify.asked.length = 0;
});
afterAll(() => Promise.all([worker.stop(), siteverify.close()]));

const post = (body: object) =>
  fetch(`${worker.url}/api/session`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'CF-Connecting-IP': '203.0.113.7' },
    body: JSON.stringify(body),
  });
const problemOf = async (answer: Response): Promise<Problem> => problemSchema.parse(await answer.json());

test('without a token there is no guest, and the answer says whom to ask', async () => {
  const answer = await post({});
  expect(answer.status).toBe(403);
  expect(await problemOf(answer)).toMatchObject({ code: 'captcha_required', siteKey: 'site-key' });
  expect(siteverify.asked).toHaveLength(0);
});

test('a good token makes a guest, once', async () => {
  const captchaToken = `good-${crypto.randomUUID()}`;
  const answer = await post({ captchaToken });
  expect(answer.status).toBe(200);
  expect(((await answer.json()) as Session).user.isAnonymous).toBe(true);
  expect(Object.fromEntries(siteverify.asked[0] ?? [])).toEqual({
    secret: 'secret',
    response: captchaToken,
    remoteip: '203.0.113.7',
  });
  const again = await post({ captchaToken });
  expect([again.status, (await problemOf(again)).code]).toEqual([403, 'captcha_required']);
});

test.each(['bad', ' ', 'x'.repeat(2_048)])('a made-up token makes none: %.9s', async (captchaToken) => {
  const answer = await post({ captchaToken });
  expect([answer.status, (await problemOf(answer)).code]).toEqual([403, 'captcha_required']);
});

test('who is known needs no token, even while nobody could check one', async () => {
  const { refreshToken } = (await (await post({ captchaToken: 'good-first' })).json()) as Session;
  siteverify.mood = 'failing';
  expect(refreshToken).toBeTruthy();
  const resumed = await post({ refreshToken });
  expect(resumed.status).toBe(200);
  expect(siteverify.asked).toHaveLength(1);
});

test.each(['failing', 'silent'] as const)(
  'while Turnstile is %s, nobody is let in unseen: 503, and when to come again',
  async (mood) => {
    siteverify.mood = mood;
    const answer = await post({ captchaToken: `good-${mood}` });
    expect(answer.status).toBe(503);
    expect(Number(answer.headers.get('Retry-After'))).toBeGreaterThan(0);
    expect((await problemOf(answer)).code).toBe('unavailable');
    expect(worker.output()).not.toContain(`good-${mood}`);
  },
);
