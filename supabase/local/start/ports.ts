import { createServer } from 'node:net';

/**
 * The first TCP port from `wanted` upwards that is free on 127.0.0.1; any free one when `wanted` is 0.
 * Throws when a hundred in a row are taken.
 */
export async function freePort(wanted: number): Promise<number> {
  for (let port = wanted; port < Math.min(wanted + 100, 65_536); port++) {
    const free = await probe(port);
    if (free !== null) return free;
  }
  throw new Error(`No free port between ${wanted} and ${wanted + 99}.`);
}

/** Reads a port from text such as the variable PORT. Throws a sentence for people when it is none. */
export function readPort(text: string | undefined, fallback: number): number {
  if (text === undefined || text === '') return fallback;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`PORT is "${text}", which is no port number.`);
  }
  return port;
}

function probe(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      const found = typeof address === 'object' && address ? address.port : null;
      server.close(() => resolve(found));
    });
  });
}
