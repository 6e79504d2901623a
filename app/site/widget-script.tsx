import { useLocation, useMatches } from '@remix-run/react';
import { useEffect, useMemo, useState } from 'react';
import { useNonce } from '../nonce.ts';
import { pageContext } from './page-context.ts';
import { useSavedItems } from './saved-items.ts';
import { widget, widgetSnippet } from './widget.ts';

/** The chat on every page of the site; it follows the visitor from page to page with the page's context. */
export function WidgetScript({ region }: { region: string | null }) {
  const nonce = useNonce();
  const matches = useMatches();
  const { search } = useLocation();
  const { saved } = useSavedItems();
  const context = useMemo(() => {
    const kept = Object.entries(saved).filter(([, names]) => names && names.length > 0);
    return pageContext(matches, new URLSearchParams(search), {
      ...(region ? { region } : {}),
      ...(kept.length > 0 ? { saved: Object.fromEntries(kept) } : {}),
    });
  }, [matches, search, saved, region]);
  // Rendered once: the script has run by the time anything changes.
  const [snippet] = useState(() => widgetSnippet(context));
  useEffect(() => widget('setContext', context), [context]);
  useEffect(() => () => widget('shutdown'), []);
  // biome-ignore lint/security/noDangerouslySetInnerHtml: our own constant, its data escaped by widgetSnippet
  return <script nonce={nonce} suppressHydrationWarning dangerouslySetInnerHTML={{ __html: snippet }} />;
}
