import type { ErrorCode } from './codes.ts';

/** What a text is refused for, in the words of the protocol, or null where it is fine. */
export type TextProblem = { code: Extract<ErrorCode, 'invalid' | 'too_large'>; message: string };

/**
 * Checks a message's text by the one rule that composer, room and Postgres share: nothing that Postgres
 * would refuse (U+0000, lone surrogates) may be acked, since it could never leave the outbox.
 *
 * @param text as typed, not trimmed
 * @param maxLength in UTF-16 code units
 */
export function textProblem(text: string, maxLength: number): TextProblem | null {
  if (text.length > maxLength) {
    return { code: 'too_large', message: `A message may have at most ${maxLength} characters.` };
  }
  // Nearly every text has a character of plain ASCII to show; the long look is for those that have none.
  if (!/[!-~]/u.test(text) && !/\S/u.test(text.replace(INVISIBLE, '')))
    return { code: 'invalid', message: 'A message needs some text.' };
  if (text.includes('\u0000') || !text.isWellFormed()) {
    return { code: 'invalid', message: 'This text contains characters that can’t be stored.' };
  }
  return null;
}

/**
 * Characters that show nothing at all (format characters, joiners, fillers, variation selectors, the empty Braille
 * cell): a text of only these is blank to whoever reads it.
 */
const INVISIBLE = /\p{Cf}|\p{Default_Ignorable_Code_Point}|\u2800/gu;
