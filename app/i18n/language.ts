import format, { type CompiledMessage, type FormatValues } from 'icu-minify/format';
import type { Translate } from './messages.ts';

/** A locale's texts, or a part of them, as `compile-locales.ts` made them. */
export type Compiled = Readonly<Record<string, CompiledMessage>>;

/** A language: how to say things, how its numbers and dates are written, and which way it runs. */
export interface Language {
  /** BCP 47, with the reader's own region where they have one: en-GB and en-US write dates differently. */
  locale: string;
  direction: 'ltr' | 'rtl';
  t: Translate;
}

/**
 * @param locale BCP 47
 * @param messages the locale's texts; a key without one is said as the key
 */
export function createLanguage(locale: string, messages: Compiled): Language {
  return {
    locale,
    direction: /^(ar|fa|he|ur)\b/.test(locale) ? 'rtl' : 'ltr',
    t(key, ...[args]) {
      const message = messages[key];
      if (message === undefined) return key;
      return String(format(message, locale, args as FormatValues | undefined, { formatters }));
    },
  };
}

const formatters = {
  getDateTimeFormat: (...of: ConstructorParameters<typeof Intl.DateTimeFormat>) =>
    new Intl.DateTimeFormat(...of),
  getNumberFormat: (...of: ConstructorParameters<typeof Intl.NumberFormat>) => new Intl.NumberFormat(...of),
  getPluralRules: (...of: ConstructorParameters<typeof Intl.PluralRules>) => new Intl.PluralRules(...of),
};
