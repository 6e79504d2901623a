/** Postgres's protocol, as far as somebody in the middle has to read it (protocol 3.0, "Message Formats"). */

/** What an untyped message is about, in the four bytes behind its length. */
export const STARTUP = 196_608;
export const CANCEL = 80_877_102;
/** Asked before the startup; answered with one letter. */
export const SSL_REQUEST = 80_877_103;
export const GSS_REQUEST = 80_877_104;

/** Longer ones are told of by their head alone: nobody in the middle has to know what a query says. */
const WHOLE_UP_TO = 16 * 1024;

/** A message's type, `''` for the untyped ones of a connection's beginning, and its bytes with their head. */
export type Hear = (type: string, bytes: Buffer) => void;

/** Cuts what one side says into messages, whatever pieces it comes in. */
export class MessageReader {
  readonly #hear: Hear;
  #typed: boolean;
  #rest: Buffer = Buffer.alloc(0);
  #skip = 0;

  /** @param side a client's first messages have no type */
  constructor(side: 'client' | 'server', hear: Hear) {
    this.#typed = side === 'server';
    this.#hear = hear;
  }

  /** Whether what was said last is whole. */
  get isBetweenMessages(): boolean {
    return this.#skip === 0 && this.#rest.length === 0;
  }

  read(bytes: Buffer): void {
    let data = this.#rest.length > 0 ? Buffer.concat([this.#rest, bytes]) : bytes;
    for (;;) {
      const skipped = Math.min(this.#skip, data.length);
      this.#skip -= skipped;
      data = data.subarray(skipped);
      const head = this.#typed ? 5 : 8;
      if (data.length < head) break;
      const size = this.#typed ? 1 + data.readInt32BE(1) : data.readInt32BE(0);
      if (size > WHOLE_UP_TO) this.#tell(data.subarray(0, head));
      else if (data.length >= size) this.#tell(data.subarray(0, size));
      else break;
      this.#skip = size;
    }
    this.#rest = Buffer.from(data);
  }

  #tell(message: Buffer): void {
    const type = this.#typed ? String.fromCharCode(message[0] ?? 0) : '';
    if (!this.#typed) this.#typed = message.readInt32BE(4) === STARTUP;
    this.#hear(type, message);
  }
}

/** A typed message. */
export function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(type, 'latin1');
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

/** An authentication request: 0 for "you are in", 3 for "your password, please". */
export function authentication(code: 0 | 3): Buffer {
  const body = Buffer.alloc(4);
  body.writeInt32BE(code);
  return message('R', body);
}

/** Text as the protocol ends it. */
export const cstring = (text: string): Buffer => Buffer.from(`${text}\0`);

/** An error that ends the connection. */
export function fatal(sqlstate: string, words: string): Buffer {
  return message('E', cstring(`SFATAL\0VFATAL\0C${sqlstate}\0M${words}\0`));
}
