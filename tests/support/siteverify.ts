import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** Cloudflare's end of Turnstile, for tests: takes tokens that begin with `good`, each once. */
export interface Siteverify {
  readonly url: string;
  /** What it was asked, oldest first. */
  readonly asked: URLSearchParams[];
  /** From now on: answers, fails, or says nothing at all. */
  mood: 'well' | 'failing' | 'silent';
  close(): Promise<void>;
}

export async function startSiteverify(): Promise<Siteverify> {
  const used = new Set<string>();
  const asked: URLSearchParams[] = [];
  const server = createServer(async (request, response) => {
    const form = new URLSearchParams(await text(request));
    asked.push(form);
    if (site.mood === 'silent') return;
    if (site.mood === 'failing') {
      response.writeHead(500).end('oops');
      return;
    }
    const token = form.get('response') ?? '';
    const problem = used.has(token)
      ? 'timeout-or-duplicate'
      : token.startsWith('good')
        ? null
        : 'invalid-input-response';
    used.add(token);
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify({ success: problem === null, 'error-codes': problem ? [problem] : [] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const site: Siteverify = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/siteverify`,
    asked,
    mood: 'well',
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return site;
}
