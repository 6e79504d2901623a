import { en } from './en.ts';

type Plural = { readonly other: string } & { readonly [Category in Intl.LDMLPluralRule]?: string };
export type MessageKey = keyof typeof en;
/** A locale's texts: every key, as a sentence or one for each of the language's plural forms. */
export type Messages = { readonly [Key in MessageKey]: string | Plural };
export type Params = Readonly<Record<string, string | number>>;
export type Translate = (key: MessageKey, params?: Params) => string;

/** A language: how to say things, how its numbers and dates are written, and which way it runs. */
export interface Language {
  locale: string;
  direction: 'ltr' | 'rtl';
  t: Translate;
}

/**
 * @param locale BCP 47
 * @param messages the locale's texts; keys it lacks at run time are said in English
 */
export function createLanguage(locale: string, messages: Messages): Language {
  const plurals = new Intl.PluralRules(locale);
  return {
    locale,
    direction: /^(ar|he|fa|ur)\b/.test(locale) ? 'rtl' : 'ltr',
    t(key, params = {}) {
      const entry: string | Plural = messages[key] ?? en[key];
      const text =
        typeof entry === 'string' ? entry : (entry[plurals.select(Number(params.count))] ?? entry.other);
      return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole));
    },
  };
}

export const english = createLanguage('en', en);
