import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SlowDocument {
  /** Where the site can be had with its documents in two halves. */
  readonly url: string;
  /** Lets the other halves come. */
  release(): void;
  close(): Promise<void>;
}

/**
 * A line on which every document stops halfway, and everything else does not.
 *
 * @param url the Worker's
 * @param before where it stops: the first occurrence of this in the document
 */
export async function slowDocument(url: string, before: string): Promise<SlowDocument> {
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const server = createServer(async (request, response) => {
    const answer = await fetch(url + request.url);
    for (const name of ['content-type', 'content-security-policy']) {
      const value = answer.headers.get(name);
      if (value) response.setHeader(name, value);
    }
    response.statusCode = answer.status;
    const body = Buffer.from(await answer.arrayBuffer());
    const half = answer.headers.get('content-type')?.startsWith('text/html') ? body.indexOf(before) : -1;
    if (half >= 0) {
      response.write(body.subarray(0, half));
      await released;
    }
    response.end(body.subarray(Math.max(half, 0)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    release,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
