import { createServer } from 'node:net';

/**
 * Where a port that nobody named is looked for. Systems give outgoing connections ports from 32768 up; what is stopped
 * and started again on its port must not find one of those there.
 */
const ANY = { from: 10_000, to: 30_000 };

/**
 * The first TCP port from `wanted` upwards that is free on 127.0.0.1; any free one when `wanted` is 0.
 * Somebody may be quicker to bind it. Throws when a hundred in a row are taken.
 */
export async function freePort(wanted: number): Promise<number> {
  const from = wanted || ANY.from + Math.floor(Math.random() * (ANY.to - ANY.from));
  for (let port = from; port < Math.min(from + 100, 65_536); port++) {
    if (await isFree(port)) return port;
  }
  throw new Error(`No free port between ${from} and ${from + 99}.`);
}

/** `wanted`, or any other free port when that is taken or 0. Somebody may be quicker to bind it. */
export async function freePortOrOther(wanted: number): Promise<number> {
  return wanted > 0 && (await isFree(wanted)) ? wanted : freePort(0);
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

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}
