import { expect, test } from 'vitest';
import { parseDuration } from './duration.ts';

test.each([
  ['24h', 86_400_000],
  ['1h30m', 5_400_000],
  ['1.5s', 1500],
  ['300ms', 300],
  ['-1m', -60_000],
  ['0', 0],
])('%s is %d ms', (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds);
});

test.each(['', '1', 'h', '1d', '1h!', 'forever'])('"%s" is no duration', (text) => {
  expect(parseDuration(text)).toBeNull();
});
