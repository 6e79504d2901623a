/** A piece of a text: plain, or an address that may become a link. */
export type Piece = { text: string } | { text: string; href: string };

/** Only http and https, and only where a word starts. CJK punctuation ends an address, since no space will. */
const ADDRESS =
  /\bhttps?:\/\/[^\s<>"'`，。、；：！？（）「」『』【】《》“”\u200b-\u200f\u2028-\u202e\u2066-\u2069]+/giu;
/** Belongs to the sentence more often than to the address. */
const TRAILING = new Set('.,;:!?…’*_~');

/**
 * Splits a message into text and links. Never yields anything but an http(s) address as `href`, and never one whose
 * shown text is another address than it leads to.
 */
export function linkify(text: string): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const shown = trimmed(match[0]);
    const href = httpAddress(shown);
    if (!href) continue;
    if (match.index > end) pieces.push({ text: text.slice(end, match.index) });
    pieces.push({ text: shown, href });
    end = match.index + shown.length;
  }
  if (end < text.length) pieces.push({ text: text.slice(end) });
  return pieces;
}

/** In one pass: a message of nothing but dots and brackets must not hold up the page of whoever reads it. */
function trimmed(address: string): string {
  const opened = address.split('(').length;
  let closed = address.split(')').length;
  let end = address.length;
  for (;;) {
    while (TRAILING.has(address.charAt(end - 1))) end -= 1;
    // A closing bracket without its opening one is the sentence's.
    if (address.charAt(end - 1) !== ')' || closed <= opened) return address.slice(0, end);
    end -= 1;
    closed -= 1;
  }
}

function httpAddress(text: string): string | null {
  try {
    const { protocol, hostname, username, href } = new URL(text);
    // `https://wellchina.com@evil.example` looks like one place and leads to another.
    return /^https?:$/.test(protocol) && hostname && !username ? href : null;
  } catch {
    return null;
  }
}
