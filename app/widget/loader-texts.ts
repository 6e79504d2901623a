import { chooseLocale } from '../i18n/choose-locale.ts';

export interface LoaderTexts {
  open: string;
  close: string;
  panel: string;
  unread(count: number): string;
}

type Texts = Readonly<Record<`loader.${'open' | 'close' | 'panel' | 'unread'}`, string>>;
const files = import.meta.glob<Texts>('../i18n/locales/*.ts', {
  query: '?loader',
  import: 'default',
  eager: true,
});
const locales = Object.keys(files).map((path) => path.slice('../i18n/locales/'.length, -'.ts'.length));

/** The few words on the host page itself; everything else is in the panel. */
export function loaderTexts(wanted: readonly string[]): LoaderTexts {
  const texts = files[`../i18n/locales/${chooseLocale(wanted, locales).locale}.ts`] as Texts;
  return {
    open: texts['loader.open'],
    close: texts['loader.close'],
    panel: texts['loader.panel'],
    unread: (count) => texts['loader.unread'].replace('{count}', String(count)),
  };
}
