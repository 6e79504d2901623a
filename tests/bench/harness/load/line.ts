import { type Dialect, hear, numberIn } from '../dialects.ts';
import { RawSocket, textFrame } from '../raw-socket.ts';
import type { LineSpec } from './messages.ts';

const CONNECT_FRAME = textFrame('40').frame;
const PONG_FRAME = textFrame('3').frame;

/** An open socket and whoever waits for what it says. */
export class Line {
  readonly dialect: Dialect;
  onAck: (n: number) => void = ignore;
  onMessage: (n: number) => void = ignore;
  onOther: () => void = ignore;
  readonly #socket: RawSocket;
  #ready: () => void = ignore;

  private constructor(dialect: Dialect, socket: RawSocket, name: string) {
    this.dialect = dialect;
    this.#socket = socket;
    socket.onText = (payload) => this.#hear(payload);
    socket.onClose = (reason) => broken(`${name}: ${reason}`);
  }

  static async open({ url, protocols, dialect, hello }: LineSpec): Promise<Line> {
    const line = new Line(dialect, await RawSocket.connect(url, protocols), url);
    if (hello === undefined && dialect !== 'socketio') return line;
    const ready = new Promise<void>((resolve) => {
      line.#ready = resolve;
    });
    line.write(dialect === 'socketio' ? CONNECT_FRAME : textFrame(hello ?? '').frame);
    await ready;
    return line;
  }

  write(frame: Buffer): void {
    this.#socket.write(frame);
  }

  close(): void {
    this.#socket.onClose = ignore;
    this.#socket.close();
  }

  #hear(payload: Buffer): void {
    switch (hear(this.dialect, payload)) {
      case 'ack':
        this.onAck(numberIn(payload));
        break;
      case 'message':
        this.onMessage(numberIn(payload));
        break;
      case 'ready':
        this.#ready();
        break;
      case 'ping':
        this.write(PONG_FRAME);
        break;
      case 'error':
        broken(payload.toString());
        break;
      case 'other':
        this.onOther();
        break;
    }
  }
}

function ignore(): void {}

/** A benchmark in which something was refused or cut measures nothing. */
function broken(why: string): never {
  throw new Error(why);
}
