import { en } from '../i18n/en.ts';
import { createLanguage } from '../i18n/translate.ts';

/** English for agents: what is said to the visitor about the visitor is here said about somebody else. */
export const deskLanguage = createLanguage('en', { ...en, 'event.queued': 'The visitor joined the queue' });
