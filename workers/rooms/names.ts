/**
 * Control characters, line breaks and the marks that turn text around: a name with them could pose as something
 * else. The joiners U+200C and U+200D stay, since Persian, Hindi and emoji are written with them.
 */
const UNSAFE = /[\p{Cc}\p{Co}\p{Cs}\p{Zl}\p{Zp}\u061C\u200B\u200E\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/gu;
const MAX_LENGTH = 80;

/** What the room calls a visitor without a name; each side may show its own language's word. */
export const GUEST_NAME = 'Guest';

/**
 * A person's own name made safe to show next to their words.
 *
 * @returns null when nothing readable is left.
 */
export function displayName(name: string | null | undefined): string | null {
  if (!name) return null;
  const clean = [...name.normalize('NFC').replace(UNSAFE, ' ').replace(/\s+/gu, ' ').trim()]
    .slice(0, MAX_LENGTH)
    .join('')
    .trim();
  return clean === '' ? null : clean;
}
