import { randomBytes } from 'node:crypto';
import net from 'node:net';

/**
 * A WebSocket written by hand for what no library will do: it never answers a close, and says the close codes it is
 * given while it goes on sending.
 */
export class StubbornSocket {
  readonly texts: string[] = [];
  readonly closes: number[] = [];
  status = 0;
  gone = false;
  readonly #socket: net.Socket;
  #buffer = Buffer.alloc(0);

  constructor(url: string, path: string, protocols: readonly string[]) {
    const { hostname, port, host } = new URL(url);
    this.#socket = net.connect(Number(port), hostname);
    this.#socket.write(
      `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n` +
        `Sec-WebSocket-Protocol: ${protocols.join(', ')}\r\n\r\n`,
    );
    this.#socket.on('data', (chunk) => this.#heard(chunk as Buffer));
    this.#socket.on('close', () => {
      this.gone = true;
    });
    this.#socket.on('error', () => {});
  }

  send(frame: unknown): void {
    this.frame(0x81, Buffer.from(JSON.stringify(frame)));
  }

  /** One masked frame with this first byte (FIN, reserved bits, opcode). */
  frame(first: number, payload: Buffer): void {
    const mask = randomBytes(4);
    const head =
      payload.length < 126
        ? Buffer.from([first, 0x80 | payload.length])
        : Buffer.from([first, 0xfe, payload.length >> 8, payload.length & 0xff]);
    this.bytes(Buffer.concat([head, mask, payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0))]));
  }

  bytes(data: Buffer): void {
    if (!this.gone) this.#socket.write(data);
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #heard(chunk: Buffer): void {
    this.#buffer = Buffer.concat([this.#buffer, chunk]);
    if (this.status === 0) {
      const end = this.#buffer.indexOf('\r\n\r\n');
      if (end < 0) return;
      this.status = Number(/^HTTP\/1\.1 (\d{3})/u.exec(this.#buffer.toString('latin1'))?.[1]);
      this.#buffer = this.#buffer.subarray(end + 4);
    }
    for (;;) {
      const [first = 0, second = 0] = this.#buffer;
      const [length, head] =
        second === 126
          ? [this.#buffer.length >= 4 ? this.#buffer.readUInt16BE(2) : Infinity, 4]
          : second === 127
            ? [this.#buffer.length >= 10 ? Number(this.#buffer.readBigUInt64BE(2)) : Infinity, 10]
            : [second, 2];
      if (this.#buffer.length < 2 || this.#buffer.length < head + length) return;
      const payload = this.#buffer.subarray(head, head + length);
      this.#buffer = this.#buffer.subarray(head + length);
      if ((first & 0x0f) === 8) this.closes.push(payload.length >= 2 ? payload.readUInt16BE(0) : 1005);
      else this.texts.push(payload.toString());
    }
  }
}
