import type { LoaderFunctionArgs } from '@remix-run/cloudflare';

/**
 * Tells `POST /api/session` whether this browser keeps cookies in a frame: if it doesn't come back, the answer
 * carries the refresh token for the frame's own storage.
 */
const PROBE = '__Host-wellchina-probe=1; Path=/; Secure; HttpOnly; SameSite=None; Partitioned; Max-Age=3600';

const DOCUMENT = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<title>Chat with WellChina</title>
<link rel="stylesheet" href="/widget/panel.css">
<script type="module" src="/widget/panel.js"></script>
</head>
<body><div id="panel"></div></body>
</html>
`;

/** The frame's document. Nothing of Remix is in it: the panel is a small bundle of its own. */
export function loader({ request }: LoaderFunctionArgs): Response {
  const { host, protocol } = new URL(request.url);
  const sockets = `${protocol === 'https:' ? 'wss' : 'ws'}://${host}`;
  return new Response(DOCUMENT, {
    headers: {
      'Content-Type': 'text/html; charset=utf-8',
      'Cache-Control': 'no-cache',
      'Set-Cookie': PROBE,
      // Any site may carry the chat; the panel itself runs nothing but its own code and talks to nobody but us.
      'Content-Security-Policy': `default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' https: data:; connect-src 'self' ${sockets}; base-uri 'none'; form-action 'none'; frame-ancestors *`,
      'Referrer-Policy': 'no-referrer',
      'X-Content-Type-Options': 'nosniff',
    },
  });
}
