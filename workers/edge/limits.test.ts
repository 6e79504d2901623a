import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { DEFAULT_LIMITS } from '../../app/protocol/limits.ts';
import { settingsOf } from '../env.ts';
import { testEnv } from '../testing/environment.ts';
import { count, countEmail, EDGE_LIMITS, limitOfCall } from './limits.ts';

/** A binding that lets `limit` of each key through. */
function counter(limit: number) {
  const counts = new Map<string, number>();
  return {
    counts,
    limit: async ({ key }: { key: string }) => {
      const next = (counts.get(key) ?? 0) + 1;
      counts.set(key, next);
      return { success: next <= limit };
    },
  };
}

test('wrangler.toml and the limits say the same numbers', async () => {
  const config = await readFile(new URL('../../wrangler.toml', import.meta.url), 'utf8');
  const numbers = [
    ...config.matchAll(/name = "\w+_LIMIT" # (\w+)\n.*\nsimple = \{ limit = (\d+), period = 60 \}/gu),
  ];
  const written = Object.fromEntries(numbers.map(([, name, limit]) => [name, Number(limit)]));
  expect(written).toEqual(Object.fromEntries(EDGE_LIMITS.map((limit) => [limit, DEFAULT_LIMITS[limit]])));
});

test('over a limit: the limit is named, and when to come again', async () => {
  const env = testEnv({ CONVERSATIONS_LIMIT: counter(30) });
  const answers = [];
  for (let attempt = 0; attempt < 31; attempt++)
    answers.push(await count(env, 'conversationsPerMinute', 'here'));
  expect(answers.slice(0, 30).every((answer) => answer === null)).toBe(true);
  expect(answers[30]).toEqual({
    limit: 'conversationsPerMinute',
    detail: 'At most 30 new conversations a minute from one network. Please try again in a minute.',
  });
  expect(await count(env, 'conversationsPerMinute', 'elsewhere')).toBeNull();
  expect(await count(env, 'conversationsPerMinute', null)).toBeNull();
});

test('LIMITS raises a limit, without another binding', async () => {
  const binding = counter(30);
  const env = testEnv({ CONVERSATIONS_LIMIT: binding, LIMITS: '{"conversationsPerMinute":3000}' });
  let refused = 0;
  for (let attempt = 0; attempt < 500; attempt++) {
    if (await count(env, 'conversationsPerMinute', 'here')) refused++;
  }
  expect(refused).toBe(0);
  expect(binding.counts.size).toBeGreaterThan(50);
});

test('a limit that could only be lowered where the bindings are is an operator’s mistake, named', () => {
  expect(() => settingsOf(testEnv({ LIMITS: '{"conversationsPerMinute":3}' }))).toThrow(
    /conversationsPerMinute.*wrangler\.toml/su,
  );
});

test('when nobody counts, people come in', async () => {
  const env = testEnv({
    SESSIONS_LIMIT: {
      limit: async () => {
        throw new Error('away');
      },
    },
  });
  expect(await count(env, 'sessionsPerMinute', 'here')).toBeNull();
});

test('an email counts however it is written, and is nowhere to be read', async () => {
  const binding = counter(10);
  const env = testEnv({ EMAIL_LOGINS_LIMIT: binding });
  for (const email of ['a@b.example', ' A@B.example ', 'A@b.EXAMPLE']) await countEmail(env, email);
  expect([...binding.counts.values()]).toEqual([3]);
  expect([...binding.counts.keys()][0]).toMatch(/^[\w+/]{43}=$/u);
});

test.each([
  ['POST', '/api/session', 'sessionsPerMinute'],
  ['POST', '/api/session/', 'sessionsPerMinute'],
  ['DELETE', '/api/session', null],
  ['POST', '/api/session/sign-in', 'loginsPerMinute'],
  ['POST', '/api/session/upgrade', 'loginsPerMinute'],
  ['POST', '/api/conversations', 'conversationsPerMinute'],
  ['GET', '/api/conversations', null],
  ['POST', '/api/conversations/x/close', null],
])('%s %s counts as %s', (method, path, limit) => {
  expect(limitOfCall(method, path)).toBe(limit);
});
