import { linkify } from './links.ts';

/** Plain text, line breaks kept, with addresses as links. Nothing a message says is ever markup. */
export function MessageText({ text }: { text: string }) {
  return (
    // Each message runs its own way, whatever the page's language: Arabic in an English page and the reverse.
    <div className="wc-text" dir="auto">
      {linkify(text).map((piece, index) =>
        'href' in piece ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: a text never changes, so its pieces never move
          <a key={index} href={piece.href} target="_blank" rel="noopener noreferrer nofollow">
            {piece.text}
          </a>
        ) : (
          piece.text
        ),
      )}
    </div>
  );
}
