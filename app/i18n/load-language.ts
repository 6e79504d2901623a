import { chooseLocale } from './choose-locale.ts';
import { type Compiled, createLanguage, type Language } from './language.ts';
import { LOCALES } from './locales.ts';

type Load = () => Promise<Compiled>;

/** One file a locale and part, so that nobody downloads a language they don't read. */
const CHAT: Readonly<Record<string, Load>> = import.meta.glob<Compiled>('./locales/*.ts', {
  query: '?chat',
  import: 'default',
});
const PEOPLE: Readonly<Record<string, Load>> = import.meta.glob<Compiled>('./locales/*.ts', {
  query: '?people',
  import: 'default',
});

/**
 * The language for what a person prefers (BCP 47, best first): the first there is, else English.
 *
 * @param withPeople also the texts of the account's screens
 * @throws when its file can't be loaded
 */
export async function loadLanguage(wanted: readonly string[], withPeople: boolean): Promise<Language> {
  const { locale, tag } = chooseLocale(wanted, LOCALES);
  const path = `./locales/${locale}.ts`;
  const parts = await Promise.all([CHAT[path]?.(), withPeople ? PEOPLE[path]?.() : {}]);
  return createLanguage(tag, Object.assign({}, ...parts));
}
