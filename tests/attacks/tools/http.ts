import { request } from 'node:http';
import net from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { problemSchema } from '../../../app/protocol/http.ts';

export interface Reply {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

export interface Call {
  token?: string | undefined;
  headers?: Record<string, string>;
  /** Text and bytes go out as they are, everything else as JSON. */
  body?: unknown;
}

/** A connection that is lost before a byte of an answer came is tried again after these pauses, in milliseconds. */
const PAUSES = [0, 500];

/**
 * An HTTP request with exactly these headers: `fetch` would add its own and refuse some.
 *
 * @throws Error naming the request and each try, when no answer came
 */
export async function http(url: string, method: string, path: string, call: Call = {}): Promise<Reply> {
  const tries: string[] = [];
  for (;;) {
    const began = performance.now();
    try {
      return await once(url, method, path, call);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      tries.push(`${message} after ${Math.round(performance.now() - began)} ms`);
      const pause = PAUSES[tries.length - 1];
      if (code !== 'ECONNRESET' || pause === undefined) {
        throw new Error(`${method} ${path}: ${tries.join(', ')}`, { cause: error });
      }
      await setTimeout(pause);
    }
  }
}

function once(url: string, method: string, path: string, { token, headers, body }: Call): Promise<Reply> {
  const payload =
    body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  const { hostname, port } = new URL(url);
  const { promise, resolve, reject } = Promise.withResolvers<Reply>();
  let answering = '';
  const outgoing = request(
    {
      hostname,
      port,
      method,
      path,
      agent: false,
      headers: {
        ...(payload === undefined
          ? {}
          : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(payload) }),
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
        ...headers,
      },
    },
    (incoming) => {
      answering = ` in the middle of a ${incoming.statusCode}`;
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', (error) => reject(new Error(`the answer broke off: ${error.message}`)));
      incoming.on('end', () =>
        resolve({
          status: incoming.statusCode ?? 0,
          headers: incoming.headers,
          text: Buffer.concat(chunks).toString(),
        }),
      );
    },
  );
  outgoing.on('error', (error) => {
    error.message += answering;
    reject(error);
  });
  outgoing.end(payload);
  return promise;
}

/** `404 not_found`: the status, and the code of a problem. Anything that claims to be one must be one. */
export function said(reply: Reply): string {
  if (reply.headers['content-type'] !== 'application/problem+json') return String(reply.status);
  const problem = problemSchema.parse(JSON.parse(reply.text));
  return `${reply.status} ${problem.code}`;
}

/** Where a redirect leads a browser that is on `url`; null without one. */
export function location(url: string, reply: Reply): URL | null {
  const { location: to } = reply.headers;
  return typeof to === 'string' ? new URL(to, url) : null;
}

/** `Cookie` for what a reply set. */
export function cookiesOf(reply: Reply): string {
  return (reply.headers['set-cookie'] ?? [])
    .toString()
    .split(/,(?=[\w-]+=)/u)
    .map((cookie) => cookie.split(';')[0])
    .join('; ');
}

/** Bytes on a connection, as they are; what came back until the server closed it or fell silent, as text. */
export function bytes(url: string, payload: string, quietMs = 400): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    let came = '';
    const socket = net.connect(Number(port), hostname, () => socket.write(payload));
    socket.setTimeout(quietMs, () => socket.destroy());
    socket.on('data', (chunk) => {
      came += chunk.toString('latin1');
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(came));
  });
}

/** The statuses of all answers in what came back. */
export function statusesIn(came: string): string {
  return [...came.matchAll(/^HTTP\/1\.1 (\d{3})/gmu)].map(([, status]) => status).join(' ');
}
