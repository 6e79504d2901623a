import { useEffect, useState } from 'react';

/** What a website carries to have the chat; the same as in the README. */
export function snippetFor(origin: string): string {
  return `<script>
  (function (w, d) {
    w.WellChinaChat = w.WellChinaChat || function () { (w.WellChinaChat.q = w.WellChinaChat.q || []).push(arguments); };
    var s = d.createElement('script'); s.async = true; s.src = '${origin}/widget.js'; d.head.appendChild(s);
  })(window, document);
  WellChinaChat('boot', {});
</script>`;
}

const COPIED_MS = 3_000;

/** The lines to paste into a website, with a button that copies them. */
export function InstallSnippet({ origin }: { origin: string }) {
  const [copied, setCopied] = useState<boolean | null>(null);
  const snippet = snippetFor(origin);
  useEffect(() => {
    if (copied === null) return;
    const timer = setTimeout(() => setCopied(null), COPIED_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = () =>
    navigator.clipboard.writeText(snippet).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  return (
    <section aria-labelledby="install">
      <h2 id="install">Put the chat on a website</h2>
      <p>Paste this before the end of the page’s head, on every page that should have the chat.</p>
      <div className="sites__snippet">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
        <pre tabIndex={0}>
          <code>{snippet}</code>
        </pre>
        <button type="button" className="button button--quiet button--small" onClick={() => void copy()}>
          {copied ? 'Copied' : 'Copy'}
        </button>
        <span className="visually-hidden" role="status">
          {copied === null ? '' : copied ? 'Copied' : 'Copying isn’t allowed here; select the text instead.'}
        </span>
      </div>
      <p className="sites__help">
        A website with a Content-Security-Policy of its own has to allow <code>{origin}</code> in{' '}
        <code>script-src</code> and <code>frame-src</code>, and give the first script its nonce.
      </p>
    </section>
  );
}
