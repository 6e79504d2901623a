import { createContext, useContext } from 'react';
import type { Language } from './language.ts';
import type { Translate } from './messages.ts';

const LanguageContext = createContext<Language | null>(null);

/** Puts a language over a part of the page. */
export const LanguageProvider = LanguageContext.Provider;

/** @throws outside a LanguageProvider */
export function useLanguage(): Language {
  const language = useContext(LanguageContext);
  if (!language) throw new Error('There is no LanguageProvider around this.');
  return language;
}

/** How to say things here: `t('composer.send')`. */
export function useT(): Translate {
  return useLanguage().t;
}
