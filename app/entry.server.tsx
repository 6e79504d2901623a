import type { AppLoadContext, EntryContext, HandleErrorFunction } from '@remix-run/cloudflare';
import { isRouteErrorResponse, RemixServer } from '@remix-run/react';
import { isbot } from 'isbot';
import { renderToReadableStream } from 'react-dom/server';
import { pageKind, pagePolicy } from '../workers/edge/content-policy.ts';
import { settingsOf } from '../workers/env.ts';
import { errorName, log } from '../workers/log.ts';
import { NonceContext, newNonce } from './nonce.ts';

export default async function handleRequest(
  request: Request,
  status: number,
  headers: Headers,
  remixContext: EntryContext,
  { cloudflare: { env } }: AppLoadContext,
): Promise<Response> {
  let finalStatus = status;
  const nonce = newNonce();
  const body = await renderToReadableStream(
    <NonceContext.Provider value={nonce}>
      <RemixServer context={remixContext} url={request.url} nonce={nonce} />
    </NonceContext.Provider>,
    {
      nonce,
      signal: request.signal,
      onError(error: unknown) {
        if (request.signal.aborted) return;
        finalStatus = 500;
        logFailure(request, error);
      },
    },
  );
  if (isbot(request.headers.get('user-agent'))) await body.allReady;
  headers.set('Content-Type', 'text/html; charset=utf-8');
  const url = new URL(request.url);
  headers.set(
    'Content-Security-Policy',
    pagePolicy(pageKind(url.pathname), url, nonce, settingsOf(env).supabaseUrl),
  );
  return new Response(body, { headers, status: finalStatus });
}

/** Says in the log that a loader or action failed, never with what; pages that aren't there are no failures. */
export const handleError: HandleErrorFunction = (error, { request }) => {
  if (!request.signal.aborted && !isRouteErrorResponse(error)) logFailure(request, error);
};

function logFailure(request: Request, error: unknown): void {
  const [, route = ''] = new URL(request.url).pathname.split('/');
  log({ event: 'request_failed', route, name: errorName(error) });
}
