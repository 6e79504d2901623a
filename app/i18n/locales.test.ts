import compile from 'icu-minify/compile';
import { describe, expect, it } from 'vitest';
import { compilePart } from './compile-locales.ts';
import { PARTS } from './parts.ts';

type Texts = Readonly<Record<string, string>>;
const files = import.meta.glob<Texts>('./locales/*.ts', { eager: true, import: 'default' });
const locales = Object.entries(files).map(([path, texts]) => ({ locale: path.slice(10, -3), texts }));
const english = files['./locales/en.ts'] ?? {};

/** The places of a compiled text that are filled: `[name]`, or `[name, kind, { option: text }]`. */
function places(node: unknown): [name: string, kind: unknown, options: object][] {
  if (!Array.isArray(node)) return [];
  const [name, kind, options] = node as unknown[];
  // A number is a kind, and 0 the `#` of a plural.
  if (typeof name !== 'string' || (kind !== undefined && !(typeof kind === 'number' && kind > 0)))
    return node.flatMap(places);
  const chosen = typeof options === 'object' && options !== null ? options : {};
  return [[name, kind, chosen], ...Object.values(chosen).flatMap(places)];
}
/** A text starting with words is no place; one that starts with a place is a list of one. */
const placesOf = (text: string) => {
  const compiled = compile(text);
  return typeof compiled === 'string' ? [] : compiled.flatMap(places);
};
const filling = (text: string) =>
  [...new Set(placesOf(text).map(([name, kind]) => `${name}:${kind}`))].sort().join();
/** What icu-minify calls a plural. */
const PLURAL = 2;

it('there are English and Chinese', () => {
  expect(locales.map(({ locale }) => locale)).toEqual(expect.arrayContaining(['en', 'zh']));
});

describe.each(locales)('$locale', ({ locale, texts }) => {
  it('has every key of English and no other', () => {
    expect(Object.keys(texts).sort()).toEqual(Object.keys(english).sort());
  });

  it('fills every text with what English fills it with', () => {
    const differing = Object.keys(english).filter(
      (key) => filling(texts[key] ?? '') !== filling(english[key] ?? ''),
    );
    expect(differing).toEqual([]);
  });

  it('has every plural form its language counts with', () => {
    const forms = new Intl.PluralRules(locale).resolvedOptions().pluralCategories;
    for (const text of Object.values(texts)) {
      for (const [, kind, options] of placesOf(text)) {
        if (kind === PLURAL) expect(Object.keys(options), text).toEqual(expect.arrayContaining(forms));
      }
    }
  });

  it('compiles, each key into one part', () => {
    const keys = PARTS.flatMap((part) => Object.keys(compilePart(texts, part)));
    expect(keys.sort()).toEqual(Object.keys(texts).sort());
  });

  it('has a loader that needs no library', () => {
    for (const text of Object.values(compilePart(texts, 'loader'))) {
      expect(String(text).replaceAll(/\{\w+\}/g, '')).not.toMatch(/[{}]/);
    }
  });
});
