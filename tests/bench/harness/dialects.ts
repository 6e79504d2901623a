import { textFrame } from './raw-socket.ts';

/** How a server is spoken to. All of them carry the same message with the same client id. */
export type Dialect =
  /** Our protocol, which the hand-made rivals speak, too: `send`, `ack`, `message`. */
  | 'room'
  /** Whatever is sent comes back. */
  | 'echo'
  /** Engine.IO 4 and Socket.IO 5 over a WebSocket: an event with an acknowledgement. */
  | 'socketio';

export type Heard = 'ack' | 'message' | 'ready' | 'error' | 'ping' | 'other';

/** As long as people's messages are; 118 characters. */
const TEXT =
  'I have sent the X-rays by mail. How many days should I plan for the implants, and is a hotel near the clinic included?';

/** What is fixed in the middle of every client id, to find it in a frame without parsing. */
const MARK = '-7e7c-8be7-';
const MARK_BYTES = Buffer.from(MARK);

/** Where it stands in an id. */
const MARK_AT = 13;

/** A frame whose client id is written anew for each message: the time in front, as our browser's end has it, a number behind. */
export class SendSlot {
  readonly frame: Buffer;
  readonly #idAt: number;
  sentAt = 0;

  constructor(dialect: Dialect) {
    const send = JSON.stringify({ t: 'send', id: idOf(0), kind: 'text', text: TEXT });
    const { frame } = textFrame(dialect === 'socketio' ? `421["send",${send}]` : send);
    this.frame = frame;
    this.#idAt = frame.indexOf(MARK_BYTES) - MARK_AT;
  }

  number(n: number): Buffer {
    this.frame.write(idOf(n), this.#idAt, 36, 'latin1');
    return this.frame;
  }
}

/** A UUIDv7, as `newClientId` makes them, but for its random bits. */
function idOf(n: number): string {
  const time = Date.now().toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}${MARK}${n.toString(16).padStart(12, '0')}`;
}

/** The number of the message that a frame is about, or -1. */
export function numberIn(payload: Buffer): number {
  const at = payload.indexOf(MARK_BYTES);
  if (at === -1) return -1;
  return Number.parseInt(payload.toString('latin1', at + MARK.length, at + MARK.length + 12), 16);
}

/** What a frame is, told by its first bytes. */
export function hear(dialect: Dialect, payload: Buffer): Heard {
  if (dialect === 'echo') return 'ack';
  if (dialect === 'socketio') {
    const head = payload.toString('latin1', 0, 12);
    if (head.startsWith('43')) return 'ack';
    if (head.startsWith('42["message"')) return 'message';
    if (head.startsWith('40')) return 'ready';
    return head === '2' ? 'ping' : 'other';
  }
  // {"t":"ack" …
  switch (payload[6]) {
    case 0x61:
      return 'ack';
    case 0x6d:
      return 'message';
    case 0x77:
      return 'ready';
    case 0x65:
      return 'error';
    default:
      return 'other';
  }
}
