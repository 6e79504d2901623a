import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface HostPage {
  /** `http://<name>.localhost:<port>`: another site than the Worker's to a browser, and a secure context all the same. */
  readonly origin: string;
  close(): Promise<void>;
}

/**
 * Somebody's website with the widget on it, as strict as a website can be: no inline style, no inline script without
 * a nonce, nothing from anywhere but the chat.
 *
 * @param widget origin of the Worker
 * @param name what comes before `.localhost`
 */
export async function hostPage(widget: string, name: string): Promise<HostPage> {
  const server = createServer((_request, response) => {
    const nonce = randomUUID();
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.setHeader(
      'Content-Security-Policy',
      [
        "default-src 'none'",
        `script-src 'nonce-${nonce}' 'strict-dynamic'`,
        "style-src 'none'",
        // For its own icon; without one a browser asks for /favicon.ico.
        'img-src data:',
        `frame-src ${widget}`,
        "base-uri 'none'",
        "form-action 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
      ].join('; '),
    );
    response.end(`<!doctype html><html lang="en"><title>A shop</title><link rel="icon" href="data:,"><h1>A shop</h1>
<script nonce="${nonce}">window.WellChinaChat=function(){(WellChinaChat.q=WellChinaChat.q||[]).push(arguments)};</script>
<script nonce="${nonce}" async src="${widget}/widget.js"></script>
<script nonce="${nonce}">WellChinaChat('boot',{context:{page:'shop'}});</script>`);
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  return {
    origin: `http://${name}.localhost:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
