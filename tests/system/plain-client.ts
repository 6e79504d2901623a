import { lobbyFrameSchema, type RoomFrame, roomFrameSchema } from '../../app/protocol/frames.ts';

/**
 * A WebSocket client that knows the protocol's document and nothing of our code but its schemas: what somebody who
 * writes a program against the system would write.
 */
export class PlainSocket<Frame extends { t: string }> {
  readonly frames: Frame[] = [];
  /** Close code, once it is closed. */
  closed: number | null = null;
  readonly #socket: WebSocket;
  #waiting: (() => void)[] = [];

  constructor(url: string, protocols: string[], parse: (json: unknown) => Frame) {
    this.#socket = new WebSocket(url, protocols);
    this.#socket.addEventListener('message', ({ data }) => {
      if (data !== 'pong') this.frames.push(parse(JSON.parse(String(data))));
      this.#wake();
    });
    this.#socket.addEventListener('close', ({ code }) => {
      this.closed = code;
      this.#wake();
    });
    this.#socket.addEventListener('open', () => this.#wake());
    this.#socket.addEventListener('error', () => this.#wake());
  }

  async opened(): Promise<this> {
    await this.#until(() => this.#socket.readyState === WebSocket.OPEN, 'open');
    return this;
  }

  send(frame: unknown): void {
    this.#socket.send(JSON.stringify(frame));
  }

  /** The first frame of this kind that fits, past or to come. */
  async next<T extends Frame['t']>(
    t: T,
    fits: (frame: Extract<Frame, { t: T }>) => boolean = () => true,
  ): Promise<Extract<Frame, { t: T }>> {
    const find = () =>
      this.frames.find(
        (frame): frame is Extract<Frame, { t: T }> =>
          frame.t === t && fits(frame as Extract<Frame, { t: T }>),
      );
    await this.#until(() => find() !== undefined, t);
    return find() as Extract<Frame, { t: T }>;
  }

  async closeCode(): Promise<number> {
    await this.#until(() => this.closed !== null, 'close');
    return this.closed ?? 0;
  }

  close(): void {
    this.#socket.close();
  }

  #until(holds: () => boolean, what: string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = setTimeout(
      () => reject(new Error(`no ${what}; got ${JSON.stringify(this.frames)}`)),
      10_000,
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

/** A room's socket; everything the room says is checked against the protocol. */
export function openRoom(wsUrl: string, id: string, ...credentials: string[]): PlainSocket<RoomFrame> {
  return new PlainSocket(`${wsUrl}/rooms/${id}`, ['wellchina.v1', ...credentials], (json) =>
    roomFrameSchema.parse(json),
  );
}

export function openLobby(wsUrl: string, token: string) {
  return new PlainSocket(`${wsUrl}/lobby`, ['wellchina.v1', `bearer.${token}`], (json) =>
    lobbyFrameSchema.parse(json),
  );
}

export interface Answer<Body> {
  status: number;
  headers: Headers;
  body: Body;
}

/** A JSON call with a bearer token. */
export async function call<Body>(
  url: string,
  method: string,
  path: string,
  options: { token?: string; body?: unknown } = {},
): Promise<Answer<Body>> {
  const response = await fetch(url + path, {
    method,
    headers: {
      ...(options.token ? { Authorization: `Bearer ${options.token}` } : {}),
      ...(options.body === undefined ? {} : { 'Content-Type': 'application/json' }),
    },
    ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: (text === '' ? null : JSON.parse(text)) as Body,
  };
}
