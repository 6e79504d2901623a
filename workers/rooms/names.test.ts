import { expect, test } from 'vitest';
import { displayName } from './names.ts';

test.each([
  ['Ana', 'Ana'],
  ['  Ana   Maria ', 'Ana Maria'],
  ['王小明', '王小明'],
  ['e\u0301', 'é'],
  ['نگار\u200Cسادات', 'نگار\u200Cسادات'],
  ['👩\u200D⚕️', '👩\u200D⚕️'],
])('a person’s own name stays: %j', (name, shown) => {
  expect(displayName(name)).toBe(shown);
});

test.each([
  ['Support\nOne', 'Support One'],
  ['a\u0000b', 'a b'],
  ['\u202Eenø troppuS', 'enø troppuS'],
  ['a\u2028b\u2029c', 'a b c'],
  ['a\uD800b', 'a b'],
  ['a\u200Bb', 'a b'],
])('what could pose as something else is taken out: %j', (name, shown) => {
  expect(displayName(name)).toBe(shown);
});

test.each([null, undefined, '', '   ', '\u202E\u200F', '\u0000'])('no name is no name: %j', (name) => {
  expect(displayName(name)).toBeNull();
});

test('a name is cut between characters, never through one', () => {
  expect(displayName('a'.repeat(200))).toBe('a'.repeat(80));
  expect(displayName(`${'a'.repeat(79)}😀b`)).toBe(`${'a'.repeat(79)}😀`);
});
