import { createHash, randomInt } from 'node:crypto';

/** A code of so many digits, for people to type. */
export function newCode(length: number): string {
  return Array.from({ length }, () => randomInt(10)).join('');
}

/**
 * What is kept of a code, and what stands in a link: the address is part of it, so a code is good for the mailbox it
 * was sent to alone (GoTrue's GenerateTokenHash).
 */
export function hashCode(address: string, code: string): string {
  return createHash('sha224')
    .update(address + code)
    .digest('hex');
}

/** Marks the hash of a link that gives a code instead of tokens. */
const PKCE = 'pkce_';

export const markFlow = (hash: string, pkce: boolean) => (pkce ? PKCE + hash : hash);
export const isPkceToken = (token: string) => token.startsWith(PKCE);
/** Whoever types the code doesn't know which flow it was mailed for. */
export const eitherFlow = (hash: string) => [hash, PKCE + hash];
