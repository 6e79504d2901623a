import { isDeepStrictEqual } from 'node:util';
import { WebSocket } from 'ws';
import {
  type ClientFrame,
  lobbyFrameSchema,
  type RoomFrame,
  roomFrameSchema,
} from '../../../app/protocol/frames.ts';

const PATIENCE_MS = 8_000;

/** As in a browser, a close counts from its frame on, whenever the connection ends. (Not in the types yet.) */
const OPTIONS = { perMessageDeflate: false, closeTimeout: 500 };

export interface Dial {
  bearer?: string;
  ticket?: string;
  protocols?: readonly string[];
  headers?: Record<string, string>;
}

/**
 * A socket that says what it likes. What it hears must be a frame of the protocol to the last key: `foreign` holds
 * whatever was not.
 */
export class AttackSocket {
  readonly frames: RoomFrame[] = [];
  readonly foreign: string[] = [];
  /** How it ended: `closed 4404`, or `403` where it never became a socket. */
  end: string | null = null;
  readonly #socket: WebSocket;
  #waiting: (() => void)[] = [];
  #welcomes = 0;

  constructor(
    wsUrl: string,
    path: string,
    { bearer, ticket, protocols = ['wellchina.v1'], headers = {} }: Dial,
  ) {
    const offers = [
      ...protocols,
      ...(bearer === undefined ? [] : [`bearer.${bearer}`]),
      ...(ticket === undefined ? [] : [`ticket.${ticket}`]),
    ];
    this.#socket = new WebSocket(wsUrl + path, offers, { ...OPTIONS, headers });
    this.#socket.on('message', (data, isBinary) => {
      this.#heard(isBinary ? `binary of ${(data as Buffer).length} bytes` : String(data));
      this.#wake();
    });
    this.#socket.on('unexpected-response', (_request, response) => {
      this.end ??= String(response.statusCode);
      this.#socket.terminate();
      this.#wake();
    });
    this.#socket.on('close', (code) => {
      this.end ??= `closed ${code}`;
      this.#wake();
    });
    this.#socket.on('open', () => this.#wake());
    // How it ended is what counts.
    this.#socket.on('error', () => {});
  }

  #heard(text: string): void {
    if (text === 'pong') return;
    try {
      const json: unknown = JSON.parse(text);
      const frame = roomFrameSchema.safeParse(json);
      // A key that the schema drops is outside the protocol, too.
      if (frame.success && isDeepStrictEqual(JSON.parse(JSON.stringify(frame.data)), json)) {
        this.frames.push(frame.data);
        return;
      }
      const lobby = lobbyFrameSchema.safeParse(json);
      if (lobby.success) return;
    } catch {
      // Not JSON: foreign.
    }
    this.foreign.push(text.slice(0, 300));
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  /** Bytes waiting to go out. */
  get buffered(): number {
    return this.#socket.bufferedAmount;
  }

  /** Open, or how it was refused. An upgrade that is accepted only to be closed counts as closed. */
  async opening(): Promise<string> {
    await this.until(() => this.isOpen || this.end !== null, 'open');
    return this.end ?? 'open';
  }

  /** Says hello and waits for the welcome, or for the end. */
  async hello(after: number | null = null): Promise<string> {
    await this.opening();
    if (this.end !== null) return this.end;
    const before = this.#welcomes;
    this.send({ t: 'hello', after });
    const welcomed = () => this.frames.filter(({ t }) => t === 'welcome').length > before;
    await this.until(() => welcomed() || this.end !== null, 'welcome');
    this.#welcomes = this.frames.filter(({ t }) => t === 'welcome').length;
    return this.end ?? 'open';
  }

  send(frame: ClientFrame | Record<string, unknown>): void {
    this.raw(JSON.stringify(frame));
  }

  raw(data: string | Buffer): void {
    if (this.isOpen) this.#socket.send(data);
  }

  /** The first frame of a kind that fits and was not there at `from`. */
  async next<T extends RoomFrame['t']>(
    t: T,
    fits: (frame: Extract<RoomFrame, { t: T }>) => boolean = () => true,
    from = 0,
  ): Promise<Extract<RoomFrame, { t: T }>> {
    const find = () =>
      this.frames
        .slice(from)
        .find(
          (frame): frame is Extract<RoomFrame, { t: T }> =>
            frame.t === t && fits(frame as Extract<RoomFrame, { t: T }>),
        );
    await this.until(() => find() !== undefined || this.end !== null, t);
    const found = find();
    if (!found) throw new Error(`no ${t}: ${this.end}`);
    return found;
  }

  /** Sends something, and says in a few words what the room answered to it: `ack 3`, `invalid`, `closed 1009`. */
  async ask(data: string | object): Promise<string> {
    const from = this.frames.length;
    this.raw(
      typeof data === 'string' ? data : Buffer.isBuffer(data) ? (data as Buffer) : JSON.stringify(data),
    );
    const find = () =>
      this.frames
        .slice(from)
        .find(({ t }) => t === 'ack' || t === 'error' || t === 'history' || t === 'welcome');
    await this.until(() => find() !== undefined || this.end !== null || this.foreign.length > 0, 'answer');
    if (this.foreign.length > 0) return `outside the protocol: ${this.foreign[0]}`;
    const answer = find();
    if (answer?.t === 'error' && answer.code === 'too_large' && this.end === null) {
      // The room may say why before it closes.
      await this.until(() => this.end !== null, 'close', 300).catch(() => {});
    }
    if (this.end !== null) return this.end;
    if (answer?.t === 'ack') return `ack ${answer.seq}`;
    if (answer?.t === 'error') return answer.code;
    return answer?.t ?? 'nothing';
  }

  /** How it ends, waiting for it. */
  async ending(): Promise<string> {
    await this.until(() => this.end !== null, 'close');
    return this.end ?? '';
  }

  close(): void {
    this.#socket.close();
  }

  until(holds: () => boolean, what: string, patienceMs = PATIENCE_MS): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = setTimeout(
      () => reject(new Error(`no ${what}; got ${JSON.stringify(this.frames).slice(0, 500)} ${this.foreign}`)),
      patienceMs,
    );
    const check = () => {
      if (!holds()) return void this.#waiting.push(check);
      clearTimeout(timer);
      resolve();
    };
    check();
    return promise;
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const check of waiting) check();
  }
}
