/** A piece of a text: plain, or an address that may become a link. */
export type Piece = { text: string } | { text: string; href: string };

/** Only http and https, and only where a word starts. CJK punctuation ends an address, since no space will. */
const ADDRESS =
  /\bhttps?:\/\/[^\s<>"'`，。、；：！？（）「」『』【】《》“”\u200b-\u200f\u2028-\u202e\u2066-\u2069]+/giu;
/** Belongs to the sentence more often than to the address. */
const TRAILING = /[.,;:!?…’*_~]+$/u;

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

function trimmed(address: string): string {
  let shown = address.replace(TRAILING, '');
  // A closing bracket without its opening one is the sentence's.
  while (shown.endsWith(')') && shown.split('(').length < shown.split(')').length) {
    shown = shown.slice(0, -1).replace(TRAILING, '');
  }
  return shown;
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
