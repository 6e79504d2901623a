import { describe, expect, test } from 'vitest';
import { textProblem } from './text.ts';

const code = (text: string, maxLength = 4_000) => textProblem(text, maxLength)?.code ?? null;

describe('a text that shows nothing is refused', () => {
  test.each([
    ['nothing', ''],
    ['spaces', '   '],
    ['line breaks and tabs', '\r\n\t\n'],
    ['a no-break space', '\u00A0'],
    ['an ideographic space', '\u3000'],
    ['zero-width spaces', '\u200B\u200B'],
    ['a byte order mark', '\uFEFF'],
    ['joiners', '\u200C\u200D\u2060'],
    ['marks of direction', '\u200E\u200F\u202E\u202C'],
    ['soft hyphens', '\u00AD'],
    ['fillers of Hangul', '\u115F\u1160\u3164\uFFA0'],
    ['variation selectors', '\uFE0F\uFE0E'],
    ['supplementary variation selectors', '\u{E0100}\u{E01EF}'],
    ['Mongolian selectors', '\u180B\u180F'],
    ['a combining grapheme joiner', '\u034F'],
    ['tag characters', '\u{E0061}\u{E007F}'],
    ['a blank Braille pattern', '\u2800'],
    ['all of these in a row', ' \u200B\uFE0F\u3164\n\u{E0100}\u2800'],
  ])('%s', (_, text) => {
    expect(code(text)).toBe('invalid');
  });
});

describe('what somebody can read is taken as it is', () => {
  test.each([
    ['one letter', 'a'],
    ['a letter among blanks', '  \n a \u200B '],
    ['Chinese', '你好'],
    ['Arabic with its own marks', '\u202Bمرحبا\u202C'],
    ['Persian with a joiner', 'می\u200Cخواهم'],
    ['Hindi', 'क्\u200Dष'],
    ['an emoji of several', '👩\u200D👩\u200D👧'],
    ['an emoji with a selector', '❤\uFE0F'],
    ['a flag', '🏴\u{E0067}\u{E0062}\u{E007F}'],
    ['a full stop', '.'],
    ['a line break between words', 'a\nb'],
  ])('%s', (_, text) => {
    expect(code(text)).toBeNull();
  });
});

describe('what Postgres could not hold never gets in', () => {
  test.each([
    ['U+0000 alone', '\u0000'],
    ['U+0000 in a word', 'be\u0000fore'],
    ['a high surrogate at the end', 'a\uD83D'],
    ['a low surrogate at the start', '\uDE00a'],
    ['surrogates in the wrong order', 'a\uDE00\uD83Db'],
  ])('%s', (_, text) => {
    expect(code(text)).toBe('invalid');
  });
});

test('the limit counts UTF-16 units: as long as it is fine, one more is too large', () => {
  expect(code('a'.repeat(4_000))).toBeNull();
  expect(code('a'.repeat(4_001))).toBe('too_large');
  expect(code('😀'.repeat(2_000))).toBeNull();
  expect(code(`${'😀'.repeat(2_000)}a`)).toBe('too_large');
});

test('a refusal names the limit, and nothing of the text', () => {
  expect(textProblem('secret'.repeat(2), 5)?.message).toMatch(/5 characters/);
  expect(textProblem('secret\u0000', 50)?.message).not.toMatch(/secret/);
});
