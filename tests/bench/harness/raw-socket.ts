import { randomBytes } from 'node:crypto';
import net from 'node:net';

/**
 * A WebSocket client that costs as little as one can, so that what is measured is the server: no object an event,
 * no copy of what is read. Speaks what every server here speaks: whole text frames without compression.
 */
export class RawSocket {
  /** Told each text frame; the bytes are valid only during the call. */
  onText: (payload: Buffer) => void = () => {};
  onClose: (reason: string) => void = () => {};
  readonly #tcp: net.Socket;
  #rest: Buffer | null = null;
  #closed = false;

  private constructor(tcp: net.Socket, early: Buffer) {
    this.#tcp = tcp;
    tcp.on('data', (bytes: Buffer) => this.#read(bytes));
    tcp.on('close', () => this.#end('connection closed'));
    tcp.on('error', () => {});
    if (early.length > 0) setImmediate(() => this.#read(early));
  }

  /** @throws when the server does not answer with 101, naming what it answered */
  static connect(url: string, protocols: readonly string[] = []): Promise<RawSocket> {
    const { hostname, port, host, pathname, search } = new URL(url);
    const { promise, resolve, reject } = Promise.withResolvers<RawSocket>();
    const tcp = net.connect({ host: hostname, port: Number(port), noDelay: true });
    let head = Buffer.alloc(0);
    tcp.once('error', reject);
    tcp.once('close', () => reject(new Error(`${url} closed before it was open`)));
    tcp.write(
      [
        `GET ${pathname}${search} HTTP/1.1`,
        `Host: ${host}`,
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
        ...(protocols.length > 0 ? [`Sec-WebSocket-Protocol: ${protocols.join(', ')}`] : []),
        '\r\n',
      ].join('\r\n'),
    );
    const answer = (bytes: Buffer) => {
      head = Buffer.concat([head, bytes]);
      const end = head.indexOf('\r\n\r\n');
      if (end === -1) return;
      tcp.removeListener('data', answer);
      tcp.removeAllListeners('close');
      const status = head.toString('latin1', 0, head.indexOf('\r\n'));
      if (status.includes(' 101 ')) resolve(new RawSocket(tcp, Buffer.from(head.subarray(end + 4))));
      else reject(new Error(`${url}: ${status}`));
    };
    tcp.on('data', answer);
    return promise;
  }

  /** Sends a frame made by `textFrame`. */
  write(frame: Buffer): void {
    this.#tcp.write(frame);
  }

  close(): void {
    this.#closed = true;
    this.#tcp.end(controlFrame(0x8, Buffer.from([0x03, 0xe8])));
    setTimeout(() => this.#tcp.destroy(), 200).unref();
  }

  #read(bytes: Buffer): void {
    let data = this.#rest === null ? bytes : Buffer.concat([this.#rest, bytes]);
    this.#rest = null;
    for (;;) {
      const size = frameSize(data);
      if (size === null || data.length < size.header + size.payload) break;
      this.#frame(data[0] ?? 0, data.subarray(size.header, size.header + size.payload));
      data = data.subarray(size.header + size.payload);
    }
    if (data.length > 0) this.#rest = data;
  }

  #frame(first: number, payload: Buffer): void {
    const opcode = first & 0x0f;
    if (opcode === 0x1 && (first & 0x80) !== 0) this.onText(payload);
    else if (opcode === 0x9) this.#tcp.write(controlFrame(0xa, payload));
    else if (opcode === 0x8) {
      this.#end(`closed ${payload.length >= 2 ? payload.readUInt16BE(0) : 1005}`);
      this.#tcp.end();
    } else if (opcode !== 0xa) throw new Error(`a frame this client does not read: 0x${first.toString(16)}`);
  }

  #end(reason: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.onClose(reason);
  }
}

function frameSize(data: Buffer): { header: number; payload: number } | null {
  if (data.length < 2) return null;
  const short = (data[1] ?? 0) & 0x7f;
  if (short < 126) return { header: 2, payload: short };
  if (short === 126) return data.length < 4 ? null : { header: 4, payload: data.readUInt16BE(2) };
  return data.length < 10 ? null : { header: 10, payload: Number(data.readBigUInt64BE(2)) };
}

/** A client's text frame, ready to be written. Its mask is zero, which is a mask: the payload stays as it is. */
export function textFrame(text: string): { frame: Buffer; payloadAt: number } {
  const payload = Buffer.from(text);
  const long = payload.length > 125;
  const header = Buffer.alloc(long ? 8 : 6);
  header[0] = 0x81;
  header[1] = 0x80 | (long ? 126 : payload.length);
  if (long) header.writeUInt16BE(payload.length, 2);
  return { frame: Buffer.concat([header, payload]), payloadAt: header.length };
}

function controlFrame(opcode: number, payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0x80 | opcode, 0x80 | payload.length, 0, 0, 0, 0]), payload]);
}
