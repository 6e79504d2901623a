import type { AppLoadContext, EntryContext, HandleErrorFunction } from '@remix-run/cloudflare';
import { isRouteErrorResponse, RemixServer } from '@remix-run/react';
import { isbot } from 'isbot';
import { renderToReadableStream } from 'react-dom/server';
import { errorName, log } from '../workers/log.ts';

export default async function handleRequest(
  request: Request,
  status: number,
  headers: Headers,
  remixContext: EntryContext,
  _loadContext: AppLoadContext,
): Promise<Response> {
  let finalStatus = status;
  const body = await renderToReadableStream(<RemixServer context={remixContext} url={request.url} />, {
    signal: request.signal,
    onError(error: unknown) {
      if (request.signal.aborted) return;
      finalStatus = 500;
      logFailure(request, error);
    },
  });
  if (isbot(request.headers.get('user-agent'))) await body.allReady;
  headers.set('Content-Type', 'text/html; charset=utf-8');
  // Nobody may put the desk into a frame and have an agent click in it; the widget's document says otherwise for itself.
  headers.set(
    'Content-Security-Policy',
    "frame-ancestors 'none'; base-uri 'self'; form-action 'self'; object-src 'none'",
  );
  headers.set('X-Content-Type-Options', 'nosniff');
  headers.set('Referrer-Policy', 'strict-origin-when-cross-origin');
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
