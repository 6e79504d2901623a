import { timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import net from 'node:net';
import { KeptConnection } from './kept-connection.ts';
import {
  authentication,
  CANCEL,
  fatal,
  GSS_REQUEST,
  MessageReader,
  SSL_REQUEST,
  STARTUP,
} from './messages.ts';

export interface Pooler {
  /** The database by way of the pooler. */
  readonly url: string;
  /** Cuts everybody off. May be called twice. */
  stop(): Promise<void>;
}

/** Idle connections that are kept, and for how long: Postgres has others who need some. */
const KEPT = 10;
const KEPT_MS = 10_000;

/**
 * Lends out connections to a Postgres on this machine that are open already, as Hyperdrive does on Cloudflare: a Worker
 * opens a new one for each of its invocations, and greeting it takes Postgres some 20 ms. A client has one for as long
 * as it stays (a session, not a transaction); what it leaves in the session is discarded before the next one gets it.
 *
 * The first client with a startup message of its own is let in by Postgres itself; those who come later say their
 * password to the pooler. Listens on loopback only.
 */
export async function startPooler(databaseUrl: string): Promise<Pooler> {
  const far = new URL(databaseUrl);
  const sockets = new Set<net.Socket>();
  const connections = new Connections(far, sockets);
  const server = net.createServer({ noDelay: true }, (client) => {
    track(client, sockets);
    letIn(client, connections, decodeURIComponent(far.password));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as net.AddressInfo).port);
  return {
    url: url.href,
    async stop() {
      if (!server.listening) return;
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}

interface Idle {
  /** The message it was opened with: who, which database, which settings. */
  startup: string;
  connection: KeptConnection;
  until: NodeJS.Timeout;
}

/** Those that nobody uses now, and how to get more. */
class Connections {
  readonly #far: URL;
  readonly #sockets: Set<net.Socket>;
  #idle: Idle[] = [];

  constructor(far: URL, sockets: Set<net.Socket>) {
    this.#far = far;
    this.#sockets = sockets;
  }

  /** A new one that has said nothing yet. */
  open(): net.Socket {
    const socket = net.connect({
      host: this.#far.hostname,
      port: Number(this.#far.port || 5432),
      noDelay: true,
    });
    track(socket, this.#sockets);
    return socket;
  }

  /** One that was opened with the same startup; null when there is none. */
  take(startup: string): KeptConnection | null {
    const found = this.#idle.findLast((one) => one.startup === startup && !one.connection.socket.destroyed);
    if (found) this.#forget(found);
    return found?.connection ?? null;
  }

  /** Takes one back, if another may have it. */
  async giveBack(startup: string, connection: KeptConnection): Promise<void> {
    const { socket } = connection;
    if (!(await connection.clean()) || this.#idle.length >= KEPT) return void socket.destroy();
    const idle: Idle = { startup, connection, until: setTimeout(() => this.#end(idle), KEPT_MS).unref() };
    this.#idle.push(idle);
  }

  #forget(idle: Idle): void {
    clearTimeout(idle.until);
    this.#idle = this.#idle.filter((one) => one !== idle);
  }

  #end(idle: Idle): void {
    this.#forget(idle);
    idle.connection.socket.destroy();
  }
}

/** Reads what a client says until it is let in, then joins it with a connection. */
function letIn(client: net.Socket, connections: Connections, password: string): void {
  let kept: KeptConnection | null = null;
  let startup = '';
  const reader = new MessageReader('client', (type, bytes) => {
    if (type === 'p') return void welcome(bytes);
    if (type !== '') return void client.destroy();
    const code = bytes.readInt32BE(4);
    if (code === SSL_REQUEST || code === GSS_REQUEST) return void client.write('N');
    if (code === CANCEL) return void connections.open().end(bytes);
    if (code !== STARTUP) return void client.destroy();
    startup = bytes.toString('latin1');
    kept = connections.take(startup);
    if (kept) return void client.write(authentication(3));
    const socket = connections.open();
    socket.write(Buffer.from(bytes));
    join(new KeptConnection(socket));
  });
  const welcome = (bytes: Buffer) => {
    if (!kept) return;
    if (!isSame(bytes.subarray(5, -1), Buffer.from(password))) {
      void connections.giveBack(startup, kept);
      kept = null;
      client.end(fatal('28P01', 'password authentication failed'));
      return;
    }
    const connection = kept;
    kept = null;
    // Closed by Postgres in the meantime: as if it had been a moment later.
    if (connection.socket.destroyed) return void client.end(fatal('08006', 'the connection was lost'));
    client.write(Buffer.concat([authentication(0), connection.greeting]));
    join(connection);
  };
  const join = (connection: KeptConnection) => {
    client.removeListener('data', read);
    couple(client, connection, () => connections.giveBack(startup, connection));
  };
  const read = (bytes: Buffer) => reader.read(bytes);
  client.on('data', read);
  client.on('close', () => {
    if (kept) void connections.giveBack(startup, kept);
    kept = null;
  });
}

/** Passes on what either says until one of them goes; `release` when it was the client, and left nothing half done. */
function couple(client: net.Socket, connection: KeptConnection, release: () => void): void {
  const { socket } = connection;
  const listen = (bytes: Buffer) => connection.clientSaid(bytes);
  const lost = () => {
    // Clients who only see it close try again and again, some for ten seconds.
    if (socket.bytesRead === 0) client.write(fatal('08006', 'the database can’t be reached'));
    client.destroySoon();
  };
  client.on('data', listen);
  client.pipe(socket, { end: false });
  socket.pipe(client, { end: false });
  socket.once('close', lost);
  client.once('close', () => {
    client.unpipe(socket);
    socket.unpipe(client);
    socket.removeListener('close', lost);
    socket.resume();
    if (connection.isQuiet) release();
    else socket.destroy();
  });
}

function isSame(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}

/** Whatever goes wrong with a socket, it closes; that is what everybody here listens for. */
function track(socket: net.Socket, sockets: Set<net.Socket>): void {
  sockets.add(socket);
  socket.on('error', () => {});
  socket.on('close', () => sockets.delete(socket));
}
