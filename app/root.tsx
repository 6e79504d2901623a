import type { LinksFunction, MetaFunction } from '@remix-run/cloudflare';
import {
  isRouteErrorResponse,
  Links,
  Meta,
  Outlet,
  Scripts,
  ScrollRestoration,
  useRouteError,
} from '@remix-run/react';
import type { ReactNode } from 'react';
import { EARLY_PRESSES } from './early-presses.ts';
import { useNonce } from './nonce.ts';
import { Notice } from './site/notice.tsx';
import base from './styles/base.css?url';
import notice from './styles/notice.css?url';
import tokens from './styles/tokens.css?url';

export const links: LinksFunction = () => [
  { rel: 'icon', href: '/favicon.svg', type: 'image/svg+xml' },
  { rel: 'stylesheet', href: tokens },
  { rel: 'stylesheet', href: base },
  { rel: 'stylesheet', href: notice },
];

export const meta: MetaFunction = () => [{ title: 'WellChina' }];

export function Layout({ children }: { children: ReactNode }) {
  const nonce = useNonce();
  return (
    <html lang="en">
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
        <meta name="theme-color" content="#f6f4ef" media="(prefers-color-scheme: light)" />
        <meta name="theme-color" content="#101615" media="(prefers-color-scheme: dark)" />
        {/* biome-ignore lint/security/noDangerouslySetInnerHtml: our own constant */}
        <script nonce={nonce} suppressHydrationWarning dangerouslySetInnerHTML={{ __html: EARLY_PRESSES }} />
        <Meta />
        <Links />
      </head>
      <body>
        {children}
        <ScrollRestoration nonce={nonce} />
        <Scripts nonce={nonce} />
      </body>
    </html>
  );
}

export default function App() {
  return <Outlet />;
}

export function ErrorBoundary() {
  const error = useRouteError();
  const status = isRouteErrorResponse(error) ? error.status : 500;
  const home = (
    <a key="home" className="button" href="/">
      Go to the home page
    </a>
  );
  if (status === 404) {
    return (
      <Notice title="This page doesn’t exist" actions={home}>
        The address may be mistyped, or the page has moved.
      </Notice>
    );
  }
  const again = (
    <button key="again" type="button" className="button button--quiet" onClick={() => location.reload()}>
      Try again
    </button>
  );
  return (
    <Notice title="Something went wrong" actions={[again, home]}>
      {status === 503
        ? 'The service can’t be reached right now. It usually is back within a minute.'
        : 'That was our mistake, not yours. Trying again often helps.'}
    </Notice>
  );
}
