import type net from 'node:net';
import { cstring, MessageReader, message } from './messages.ts';

const IN_NO_TRANSACTION = 'I';

/**
 * A connection to Postgres that clients use one after the other. It follows what both sides say, to know when nothing is
 * under way and nobody's transaction is open: only then may another client have it.
 */
export class KeptConnection {
  readonly socket: net.Socket;
  /** What Postgres said when it let the first client in, to be said to those who come later. */
  greeting: Buffer = Buffer.alloc(0);
  #greeted = false;
  /** Answers that are still to come: to the startup, to simple queries and to `Sync`s. */
  #owed = 1;
  /** Something was asked that no `Sync` has ended yet. */
  #halfAsked = false;
  #status = '';
  #failed = false;
  #cleaned: ((clean: boolean) => void) | null = null;
  #client: MessageReader;
  readonly #server = new MessageReader('server', (type, bytes) => this.#answered(type, bytes));

  /** @param socket open, the startup not yet said */
  constructor(socket: net.Socket) {
    this.socket = socket;
    this.#client = this.#reader();
    socket.on('data', (bytes) => this.#server.read(bytes));
    socket.on('close', () => this.#cleaned?.(false));
  }

  /** Call with everything the client says once it is let in. */
  clientSaid(bytes: Buffer): void {
    this.#client.read(bytes);
  }

  /** Nothing is under way, and no transaction is open. */
  get isQuiet(): boolean {
    return (
      this.#greeted &&
      this.#owed === 0 &&
      !this.#halfAsked &&
      this.#status === IN_NO_TRANSACTION &&
      this.#client.isBetweenMessages &&
      !this.socket.destroyed
    );
  }

  /** Takes away whatever its client has left in the session. False when that did not work: then nobody should have it. */
  async clean(): Promise<boolean> {
    if (!this.isQuiet) return false;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.#cleaned = resolve;
    this.#failed = false;
    this.#owed = 1;
    this.socket.write(message('Q', cstring('discard all')));
    const clean = await promise;
    this.#cleaned = null;
    this.#client = this.#reader();
    return clean && this.isQuiet;
  }

  /** A client's typed messages; who has it already has said its startup. */
  #reader(): MessageReader {
    return new MessageReader('server', (type) => this.#asked(type));
  }

  #asked(type: string): void {
    // Query, Sync, FunctionCall: each is answered with ReadyForQuery.
    if (type === 'Q' || type === 'S' || type === 'F') {
      this.#owed++;
      this.#halfAsked = false;
    } else if (type !== 'p') this.#halfAsked = true;
  }

  #answered(type: string, bytes: Buffer): void {
    if (type === 'E') this.#failed = true;
    // ParameterStatus, BackendKeyData, ReadyForQuery.
    if (!this.#greeted && (type === 'S' || type === 'K' || type === 'Z')) {
      this.greeting = Buffer.concat([this.greeting, bytes]);
    }
    if (type !== 'Z') return;
    this.#greeted = true;
    this.#owed--;
    this.#status = String.fromCharCode(bytes[5] ?? 0);
    if (this.#owed === 0) this.#cleaned?.(!this.#failed && this.#status === IN_NO_TRANSACTION);
  }
}
