import { expect, test } from 'vitest';
import { TokenBucket } from './token-bucket.ts';

const drain = (bucket: TokenBucket, now: number) => {
  let taken = 0;
  while (bucket.take(now) === 0) taken++;
  return taken;
};

test('the burst is there at once, and no more', () => {
  expect(drain(new TokenBucket(10, 1, 0), 0)).toBe(10);
});

test('it refills steadily, never beyond the burst', () => {
  const bucket = new TokenBucket(10, 1, 0);
  drain(bucket, 0);
  expect(drain(bucket, 3_000)).toBe(3);
  expect(drain(bucket, 1_000_000)).toBe(10);
});

test('it says how long until the next one, and keeps its word', () => {
  const bucket = new TokenBucket(1, 0.5, 0);
  bucket.take(0);
  const wait = bucket.take(500);
  expect(wait).toBe(1_500);
  expect(bucket.take(500 + wait - 1)).toBeGreaterThan(0);
  expect(bucket.take(500 + wait)).toBe(0);
});

test('a refused try costs nothing', () => {
  const bucket = new TokenBucket(1, 1, 0);
  bucket.take(0);
  for (let now = 0; now < 1_000; now += 125) expect(bucket.take(now)).toBeGreaterThan(0);
  expect(bucket.take(1_000)).toBe(0);
});

test('a clock that goes back gives nothing away and breaks nothing', () => {
  const bucket = new TokenBucket(2, 1, 10_000);
  drain(bucket, 10_000);
  expect(bucket.take(0)).toBeGreaterThan(0);
  expect(bucket.take(1_000)).toBe(0);
});
