import { createServer } from 'node:net';

/**
 * A TCP port on 127.0.0.1 that was free a moment ago: `wanted`, or any other when that is taken or 0.
 * Somebody may be quicker, so whoever binds it must be ready to ask again.
 */
export async function freePort(wanted: number): Promise<number> {
  return (
    (wanted > 0 ? await probe(wanted) : null) ?? (await probe(0)) ?? Promise.reject(new Error('no free port'))
  );
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
