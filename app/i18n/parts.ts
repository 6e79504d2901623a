/**
 * The parts a locale's one file is divided into when it is built, so that nobody loads what they don't see: a part is
 * imported as `./locales/en.ts?chat`.
 */
export const PARTS = ['chat', 'people', 'loader'] as const;
export type Part = (typeof PARTS)[number];

/** Which part carries a key: what is said on the host page, what comes with the account's screens, and the rest. */
export function partOf(key: string): Part {
  if (key.startsWith('loader.')) return 'loader';
  return /^(account|history)\./.test(key) ? 'people' : 'chat';
}
