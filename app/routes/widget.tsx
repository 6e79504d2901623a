import type { LoaderFunctionArgs } from '@remix-run/cloudflare';
<<<<<<< HEAD
import { chooseLocale } from '../i18n/choose-locale.ts';
import { LOCALES } from '../i18n/locales.ts';
=======
import { widgetPolicy } from '../../workers/edge/content-policy.ts';
>>>>>>> eca5b20 (Strict policies with nonces, security headers on every answer and static file)

/**
 * Tells `POST /api/session` whether this browser keeps cookies in a frame: if it doesn't come back, the answer
 * carries the refresh token for the frame's own storage.
 */
const PROBE = '__Host-wellchina-probe=1; Path=/; Secure; HttpOnly; SameSite=None; Partitioned; Max-Age=3600';

/** @param locale one of ours: safe in an attribute and in an address */
const documentIn = (locale: string) => `<!doctype html>
<html lang="${locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<<<<<<< HEAD
<title>WellChina</title>
=======
<title>Chat with WellChina</title>
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
>>>>>>> eca5b20 (Strict policies with nonces, security headers on every answer and static file)
<link rel="stylesheet" href="/widget/panel.css">
<link rel="modulepreload" href="/widget/${locale}.chat.js">
<script type="module" src="/widget/panel.js"></script>
</head>
<body><div id="panel"></div></body>
</html>
`;

/** The frame's document. Nothing of Remix is in it: the panel is a small bundle of its own. */
export function loader({ request }: LoaderFunctionArgs): Response {
<<<<<<< HEAD
  const { host, protocol, searchParams } = new URL(request.url);
  const accepted = request.headers.get('Accept-Language')?.split(',') ?? [];
  const wanted = [
    searchParams.get('locale') ?? '',
    ...accepted.map((range) => range.split(';')[0]?.trim() ?? ''),
  ];
  // The panel chooses the same way; this only saves it from waiting for its words.
  const { locale } = chooseLocale(wanted, LOCALES);
  const sockets = `${protocol === 'https:' ? 'wss' : 'ws'}://${host}`;
  return new Response(documentIn(locale), {
=======
  return new Response(DOCUMENT, {
>>>>>>> eca5b20 (Strict policies with nonces, security headers on every answer and static file)
    headers: {
      'Content-Type': 'text/html; charset=utf-8',
      'Cache-Control': 'no-cache',
      'Set-Cookie': PROBE,
<<<<<<< HEAD
      Vary: 'Accept-Language',
      // Any site may carry the chat; the panel itself runs nothing but its own code and talks to nobody but us.
      'Content-Security-Policy': `default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' https: data:; connect-src 'self' ${sockets}; base-uri 'none'; form-action 'none'; frame-ancestors *`,
=======
      'Content-Security-Policy': widgetPolicy(new URL(request.url), ['*'], false),
>>>>>>> eca5b20 (Strict policies with nonces, security headers on every answer and static file)
      'Referrer-Policy': 'no-referrer',
      // A frame has no say in it, and a window of its own may have an opener.
      'Cross-Origin-Opener-Policy': 'unsafe-none',
      // Sites that isolate themselves may carry it too.
      'Cross-Origin-Resource-Policy': 'cross-origin',
    },
  });
}
