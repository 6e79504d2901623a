import { createLanguage, english, type Language, type Messages } from './translate.ts';

/** One loader a locale, so that nobody downloads a language they don't read. English is always there. */
const LOADERS: Readonly<Record<string, () => Promise<Messages>>> = {};

/**
 * The language for what a person prefers (BCP 47, best first): the first there is, else English. Falls back to
 * English too when its file can't be loaded.
 */
export async function loadLanguage(wanted: readonly string[]): Promise<Language> {
  for (const tag of wanted) {
    const locale = tag.toLowerCase().split('-')[0] ?? '';
    if (locale === 'en') return createEnglish(tag);
    const load = LOADERS[locale];
    if (!load) continue;
    try {
      return createLanguage(tag, await load());
    } catch {
      return english;
    }
  }
  return english;
}

/** English words with the reader's own dates and times: en-GB and en-US write them differently. */
function createEnglish(tag: string): Language {
  try {
    return { ...english, locale: Intl.getCanonicalLocales(tag)[0] ?? english.locale };
  } catch {
    return english;
  }
}
