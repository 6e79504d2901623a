import { once } from 'node:events';
import net from 'node:net';
import { MessageReader } from '../../../supabase/local/pooler/messages.ts';

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
    const reader = new MessageReader('client', (type) => {
      // Query and Execute.
      if (type === 'Q' || type === 'E') statements++;
    });
    client.on('data', (bytes: Buffer) => {
      reader.read(bytes);
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
