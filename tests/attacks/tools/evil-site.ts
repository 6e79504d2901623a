import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface EvilSite {
  /** On another host than ours, so that it is another site to a browser, not only another origin. */
  readonly url: string;
  /** What its only page holds from now on. */
  serve(body: string): void;
  close(): Promise<void>;
}

/** A site of somebody who means harm. */
export async function evilSite(): Promise<EvilSite> {
  let page = '';
  const server = createServer((_request, response) => {
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.end(`<!doctype html><title>Evil</title>${page}`);
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}/`,
    serve(body) {
      page = body;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
