import type { Language } from '../i18n/language.ts';
import { loadLanguage } from '../i18n/load-language.ts';

/** The line may be down for the moment that a locale's file is asked for. */
const AGAIN_MS = 3_000;

export interface Speech {
  /** The host page's wish: goes before what the browser prefers. */
  use(locale: string): void;
  /** Brings the texts of the account's screens along, now and in every language that follows. Rejects when they can't come. */
  withPeople(): Promise<void>;
}

/**
 * Which language the panel speaks: the host page's (`setLocale`, `boot`, its own `<html lang>`), else the browser's,
 * else English. Only its file is loaded.
 *
 * @param onLanguage called with the first language, and with each that follows
 */
export function createSpeech(onLanguage: (language: Language) => void): Speech {
  let wanted = new URLSearchParams(location.search).get('locale');
  let people = false;
  /** Only the newest wish counts, whichever file comes first. */
  let wish = 0;
  let spoken = false;

  async function load(withPeople: boolean): Promise<void> {
    wish += 1;
    const mine = wish;
    const language = await loadLanguage([...(wanted ? [wanted] : []), ...navigator.languages], withPeople);
    if (mine !== wish) return;
    spoken = true;
    people = withPeople;
    onLanguage(language);
  }

  async function insist(): Promise<void> {
    try {
      await load(people);
    } catch {
      // A panel that already speaks goes on in the language it has.
      if (!spoken) setTimeout(insist, AGAIN_MS);
    }
  }
  void insist();

  return {
    use(locale) {
      if (locale === wanted) return;
      wanted = locale;
      void insist();
    },
    withPeople: async () => {
      if (!people) await load(true);
    },
  };
}
