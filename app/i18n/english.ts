import { createLanguage } from './language.ts';
import messages from './locales/en.ts?chat';

/** What the desk speaks. */
export const english = createLanguage('en', messages);
