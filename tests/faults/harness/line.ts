import { once } from 'node:events';
import net from 'node:net';

/** What happens to a connection while it is open. */
interface Passing {
  near: net.Socket;
  far: net.Socket;
  /** Bytes the near end has sent so far, for a copy of the whole connection. */
  sent: Buffer[];
  /** Bytes of it were swallowed: from then on nothing passes any more, since TCP never leaves a hole. */
  dead: boolean;
}

/** How a line behaves; changed while it is in use. Milliseconds. */
export interface LineManners {
  /** Refuses who knocks. */
  closed: boolean;
  /** Each way. */
  latency: number;
  /** Bytes are swallowed both ways, and nobody is told: half-open. */
  silent: boolean;
}

/** A stretch of TCP between a client and a server that we own. */
export interface Line {
  readonly port: number;
  readonly manners: LineManners;
  /** Resets every connection. */
  cut(): void;
  /** Resets the near ends only: what is under way still arrives, after whatever connection comes next. */
  abandon(): void;
  /**
   * Cuts a connection at the moment when the far end's next bytes arrive, and drops them: what was asked for is done,
   * and the answer is lost. Resolves when that has happened.
   */
  cutAtNextReply(): Promise<void>;
  /** Says again, on a new connection, everything that an open one has said so far; what comes back is thrown away. */
  replay(): Promise<void>;
  close(): Promise<void>;
}

/** Opens a line to a port of this machine. */
export async function openLine(farPort: number): Promise<Line> {
  const manners: LineManners = { closed: false, latency: 0, silent: false };
  const passings = new Set<Passing>();
  let atReply: (() => void)[] = [];

  const server = net.createServer((near) => {
    if (manners.closed) {
      near.resetAndDestroy();
      return;
    }
    const far = net.connect({ port: farPort, host: '127.0.0.1', noDelay: true });
    near.setNoDelay(true);
    const passing: Passing = { near, far, sent: [], dead: false };
    passings.add(passing);
    const end = () => {
      passings.delete(passing);
      near.destroy();
      far.destroy();
    };
    near.on('data', (bytes) => {
      if (passing.sent.length < 500) passing.sent.push(bytes);
      passing.dead ||= manners.silent;
      if (!passing.dead) pass(far, bytes, manners.latency);
    });
    far.on('data', (bytes) => {
      if (atReply.length > 0) {
        const waiting = atReply;
        atReply = [];
        reset(passing);
        for (const done of waiting) done();
        return;
      }
      passing.dead ||= manners.silent;
      if (!passing.dead) pass(near, bytes, manners.latency);
    });
    // A half-open line carries no farewell either.
    for (const socket of [near, far]) {
      socket.on('error', () => {});
      socket.on('close', () => !passing.dead && !manners.silent && setTimeout(end, manners.latency));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    port: (server.address() as net.AddressInfo).port,
    manners,
    cut: () => {
      for (const passing of passings) reset(passing);
    },
    abandon: () => {
      for (const passing of passings) {
        passings.delete(passing);
        passing.far.removeAllListeners('data');
        passing.far.resume();
        passing.near.removeAllListeners('close');
        passing.near.resetAndDestroy();
        setTimeout(() => passing.far.destroy(), manners.latency + 500);
      }
    },
    cutAtNextReply: () =>
      new Promise((done) => {
        atReply.push(done);
      }),
    async replay() {
      const [original] = [...passings].slice(-1);
      if (!original) return;
      const copy = net.connect({ port: farPort, host: '127.0.0.1' });
      copy.on('error', () => {});
      copy.resume();
      await once(copy, 'connect').catch(() => {});
      for (const bytes of original.sent) copy.write(bytes);
      // Long enough for the server to have read it all; what it answers nobody hears.
      setTimeout(() => copy.destroy(), 300);
    },
    async close() {
      for (const passing of passings) reset(passing);
      server.close();
      await once(server, 'close').catch(() => {});
    },
  };

  function reset(passing: Passing): void {
    passings.delete(passing);
    for (const socket of [passing.near, passing.far]) if (!socket.destroyed) socket.resetAndDestroy();
  }
}

/** Bytes on their way to an end, in their order, each with the moment it may arrive (`performance.now`). */
const underWay = new WeakMap<net.Socket, { due: number; bytes: Buffer }[]>();

/**
 * Hands bytes over after `latency`, and never before what was sent earlier: one timer for an end, since timers of
 * different lengths overtake each other by a millisecond, and a hole in a TCP stream is no fault that exists.
 */
function pass(to: net.Socket, bytes: Buffer, latency: number): void {
  const queue = underWay.get(to) ?? [];
  if (latency <= 0 && queue.length === 0) {
    to.write(bytes);
    return;
  }
  underWay.set(to, queue);
  queue.push({ due: performance.now() + latency, bytes });
  if (queue.length === 1) arrive(to, queue);
}

function arrive(to: net.Socket, queue: { due: number; bytes: Buffer }[]): void {
  for (let next = queue[0]; next; next = queue[0]) {
    const wait = next.due - performance.now();
    if (wait > 0) {
      setTimeout(() => arrive(to, queue), Math.ceil(wait));
      return;
    }
    queue.shift();
    if (!to.destroyed) to.write(next.bytes);
  }
}
