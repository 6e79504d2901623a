export interface Choice {
  /** Which file. */
  locale: string;
  /** BCP 47, as the reader has it: for dates and numbers. */
  tag: string;
}

/**
 * The first of what a person prefers that there is, else English.
 *
 * @param wanted BCP 47, best first; anything else in it is passed over
 */
export function chooseLocale(wanted: readonly string[], locales: readonly string[]): Choice {
  for (const tag of wanted) {
    try {
      const [canonical = ''] = Intl.getCanonicalLocales(tag);
      const locale = canonical.split('-')[0] ?? '';
      if (locales.includes(locale)) return { locale, tag: canonical };
    } catch {
      // Not a language tag: a host page's slip.
    }
  }
  return { locale: 'en', tag: 'en' };
}
