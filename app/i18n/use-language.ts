import { createContext, useContext } from 'react';
import { english, type Language, type Translate } from './translate.ts';

const LanguageContext = createContext<Language>(english);

/** Puts a language over a part of the page; without it everything is English. */
export const LanguageProvider = LanguageContext.Provider;

export function useLanguage(): Language {
  return useContext(LanguageContext);
}

/** How to say things here: `t('composer.send')`. */
export function useT(): Translate {
  return useContext(LanguageContext).t;
}
