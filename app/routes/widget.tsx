import type { LoaderFunctionArgs } from '@remix-run/cloudflare';
import { widgetPolicy } from '../../workers/edge/content-policy.ts';
import { frameAncestors } from '../../workers/edge/widget-sites.ts';
import { settingsOf } from '../../workers/env.ts';
import { chooseLocale } from '../i18n/choose-locale.ts';
import { LOCALES } from '../i18n/locales.ts';
import { hasVisitorCookie } from '../services/visitor-session.server.ts';

/**
 * Tells `POST /api/session` whether this browser keeps cookies in a frame: if it doesn't come back, the answer
 * carries the refresh token for the frame's own storage.
 */
const PROBE = '__Host-wellchina-probe=1; Path=/; Secure; HttpOnly; SameSite=None; Partitioned; Max-Age=3600';

/**
 * @param locale one of ours: safe in an attribute and in an address
 * @param known this browser has a visitor's session: the panel looks for their conversations, and asks nobody else's
 */
const documentIn = (locale: string, known: boolean) => `<!doctype html>
<html lang="${locale}"${known ? ' data-session' : ''}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<title>WellChina</title>
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/widget/panel.css">
<link rel="modulepreload" href="/widget/${locale}.chat.js">
<script type="module" src="/widget/panel.js"></script>
</head>
<body><div id="panel"></div></body>
</html>
`;

/** The frame's document. Nothing of Remix is in it: the panel is a small bundle of its own. */
export async function loader({ request, context }: LoaderFunctionArgs): Promise<Response> {
  const { env, ctx } = context.cloudflare;
  const url = new URL(request.url);
  const accepted = request.headers.get('Accept-Language')?.split(',') ?? [];
  const wanted = [
    url.searchParams.get('locale') ?? '',
    ...accepted.map((range) => range.split(';')[0]?.trim() ?? ''),
  ];
  // The panel chooses the same way; this only saves it from waiting for its words.
  const { locale } = chooseLocale(wanted, LOCALES);
  return new Response(documentIn(locale, hasVisitorCookie(request)), {
    headers: {
      'Content-Type': 'text/html; charset=utf-8',
      'Cache-Control': 'private, no-cache',
      'Set-Cookie': PROBE,
      Vary: 'Accept-Language',
      'Content-Security-Policy': widgetPolicy(
        url,
        await frameAncestors(env, ctx, url),
        settingsOf(env).turnstile !== null,
      ),
      'Referrer-Policy': 'no-referrer',
      // A frame has no say in it, and a window of its own may have an opener.
      'Cross-Origin-Opener-Policy': 'unsafe-none',
      // Sites that isolate themselves may carry it too.
      'Cross-Origin-Resource-Policy': 'cross-origin',
    },
  });
}
