import { once } from 'node:events';
import net from 'node:net';

/** A stretch of TCP to Postgres that adds a round trip, and counts what is said on it. */
export interface PostgresLine {
  /** `databaseUrl` by way of this line. */
  readonly url: string;
  /** Milliseconds, half of them each way; 0 passes on at once. To be changed while nothing is on its way. */
  roundTripMs: number;
  /** Cuts everybody off, and lets nobody through from now on. */
  cut(): void;
  /** Statements (simple queries and executions, BEGIN and COMMIT included) that have passed so far. */
  statements(): number;
  stop(): Promise<void>;
}

/** A line that passes on at once until its `roundTripMs` is set. */
export async function openPostgresLine(databaseUrl: string): Promise<PostgresLine> {
  const far = new URL(databaseUrl);
  let statements = 0;
  const sockets = new Set<net.Socket>();
  let isCut = false;
  const server = net.createServer((client) => {
    if (isCut) return void client.destroy();
    const postgres = net.connect({ host: far.hostname, port: Number(far.port), noDelay: true });
    client.setNoDelay(true);
    const counter = new StatementCounter(() => statements++);
    client.on('data', (bytes: Buffer) => {
      counter.read(bytes);
      pass(bytes, postgres, line.roundTripMs / 2);
    });
    postgres.on('data', (bytes: Buffer) => pass(bytes, client, line.roundTripMs / 2));
    for (const [socket, other] of [
      [client, postgres],
      [postgres, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        setTimeout(() => other.destroy(), line.roundTripMs);
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(databaseUrl);
  url.port = String((server.address() as net.AddressInfo).port);
  const line: PostgresLine = {
    url: url.href,
    roundTripMs: 0,
    statements: () => statements,
    cut() {
      isCut = true;
      for (const socket of sockets) socket.destroy();
    },
    async stop() {
      line.cut();
      server.close();
      await once(server, 'close').catch(() => {});
    },
  };
  return line;
}

/** Timers of one length fire in the order they were set, so the bytes keep theirs. */
function pass(bytes: Buffer, to: net.Socket, afterMs: number): void {
  if (afterMs === 0) to.write(bytes);
  else setTimeout(() => !to.destroyed && to.write(bytes), afterMs);
}

const QUERY = 0x51;
const EXECUTE = 0x45;
const PROTOCOL_3 = 196_608;

/** Follows what a client says: untyped messages until the startup, then a type byte and a length each. */
class StatementCounter {
  readonly #count: () => void;
  #rest = Buffer.alloc(0);
  #skip = 0;
  #started = false;

  constructor(count: () => void) {
    this.#count = count;
  }

  read(bytes: Buffer): void {
    let data = this.#rest.length > 0 ? Buffer.concat([this.#rest, bytes]) : bytes;
    for (;;) {
      const skipped = Math.min(this.#skip, data.length);
      this.#skip -= skipped;
      data = data.subarray(skipped);
      const head = this.#started ? 5 : 8;
      if (data.length < head) break;
      if (this.#started) {
        if (data[0] === QUERY || data[0] === EXECUTE) this.#count();
        this.#skip = 1 + data.readInt32BE(1);
      } else {
        this.#started = data.readInt32BE(4) === PROTOCOL_3;
        this.#skip = data.readInt32BE(0);
      }
    }
    this.#rest = Buffer.from(data);
  }
}
