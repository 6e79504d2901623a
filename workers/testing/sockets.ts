import { env, exports } from 'cloudflare:workers';
import { expect, vi } from 'vitest';
import {
  type ClientFrame,
  type LobbyFrame,
  lobbyFrameSchema,
  type RoomFrame,
  roomFrameSchema,
} from '../../app/protocol/frames.ts';
import { SUBPROTOCOL, TICKET_PREFIX } from '../../app/protocol/version.ts';
import type { Person } from '../auth/person.ts';
import { signTicket } from '../auth/ticket.ts';
import { lobbyOf } from '../objects.ts';
import { withUpgrade } from '../rooms/upgrade-header.ts';

/** Clients' ends of sockets, for tests inside workerd. */

declare global {
  namespace Cloudflare {
    interface GlobalProps {
      mainModule: typeof import('../test-entry.ts');
    }
  }
}

const ORIGIN = 'https://chat.test';

type FrameOf<Frame, Type> = Extract<Frame, { t: Type }>;

/** A client's end of a socket: keeps every frame in the order it came. */
export class TestSocket<Frame extends { t: string }> {
  readonly frames: Frame[] = [];
  /** Plain strings that are no frames. */
  readonly words: string[] = [];
  closed: { code: number; reason: string } | null = null;
  readonly #socket: WebSocket;
  readonly #seen = new Set<Frame>();

  constructor(socket: WebSocket, parse: (json: unknown) => Frame) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => {
      const text = String(data);
      if (text.startsWith('{')) this.frames.push(parse(JSON.parse(text)));
      else this.words.push(text);
    });
    socket.addEventListener('close', ({ code, reason }) => {
      this.closed = { code, reason };
    });
    socket.accept();
  }

  send(frame: ClientFrame): void {
    this.raw(JSON.stringify(frame));
  }

  raw(data: string | ArrayBuffer): void {
    this.#socket.send(data);
  }

  /** Leaves; without a code, as a client does that names none (1005). */
  close(code?: number): void {
    if (code === undefined) this.#socket.close();
    else this.#socket.close(code, 'done');
  }

  /** All frames of one type so far. */
  all<Type extends Frame['t']>(type: Type): FrameOf<Frame, Type>[] {
    return this.frames.filter((frame): frame is FrameOf<Frame, Type> => frame.t === type);
  }

  /** The next frame of a type that no `next` has given out yet and that fits; waits for it. */
  async next<Type extends Frame['t']>(
    type: Type,
    fits: (frame: FrameOf<Frame, Type>) => boolean = () => true,
  ): Promise<FrameOf<Frame, Type>> {
    return vi.waitFor(
      () => {
        const found = this.all(type).find((frame) => !this.#seen.has(frame) && fits(frame));
        if (!found) throw new Error(`no ${type} among ${JSON.stringify(this.frames)}`);
        this.#seen.add(found);
        return found;
      },
      { timeout: 10_000, interval: 5 },
    );
  }

  /** Waits until the other end has closed, and says how. */
  async end(): Promise<number> {
    await vi.waitFor(() => expect(this.closed).not.toBeNull(), { timeout: 10_000, interval: 5 });
    return this.closed?.code ?? 0;
  }
}

export type RoomSocket = TestSocket<RoomFrame>;

/** Asks the Worker for a socket, as a client that is no browser: no Origin, no cookie. */
export async function upgrade(
  path: string,
  protocols: string[],
  headers: Record<string, string> = {},
): Promise<Response> {
  return exports.default.fetch(`${ORIGIN}${path}`, {
    headers: { Upgrade: 'websocket', 'Sec-WebSocket-Protocol': protocols.join(', '), ...headers },
  });
}

/** The socket of an answer, its frames held to the protocol. */
export function roomSocket(response: Response): RoomSocket {
  const { webSocket } = response;
  if (!webSocket) throw new Error(`no socket but ${response.status}`);
  return new TestSocket(webSocket, (json) => roomFrameSchema.parse(json));
}

/** Goes in by ticket; says no hello. */
export async function enter(conversationId: string, person: Person): Promise<RoomSocket> {
  const ticket = await signTicket(env, conversationId, person, Date.now() + 3_600_000);
  return roomSocket(await upgrade(`/rooms/${conversationId}`, [SUBPROTOCOL, `${TICKET_PREFIX}${ticket}`]));
}

/** Goes in, says hello and has been welcomed. */
export async function join(
  conversationId: string,
  person: Person,
  hello: { after: number | null; epoch?: number } = { after: null },
): Promise<RoomSocket> {
  const socket = await enter(conversationId, person);
  socket.send({ t: 'hello', ...hello });
  await socket.next('welcome');
  return socket;
}

/**
 * An agent's dashboard, as the Worker lets it in.
 *
 * @param issuedAt when the token was issued, milliseconds since the epoch
 */
export async function dashboard(person: Person, issuedAt = Date.now()): Promise<TestSocket<LobbyFrame>> {
  const response = await lobbyOf(env).fetch(
    withUpgrade(new Request('https://chat.test/lobby'), {
      conversationId: '',
      person,
      issuedAt,
      ticket: '',
      expiresAt: Date.now() + 3_600_000,
    }),
  );
  if (!response.webSocket) throw new Error(`no socket but ${response.status}`);
  return new TestSocket<LobbyFrame>(response.webSocket, (json) => lobbyFrameSchema.parse(json));
}

export function text(words: string, id: string = crypto.randomUUID()) {
  return { t: 'send', id, kind: 'text', text: words } as const;
}

/** Sends and waits for the ack. */
export async function say(socket: RoomSocket, words: string, id?: string) {
  const frame = text(words, id);
  socket.send(frame);
  return socket.next('ack', (ack) => ack.id === frame.id);
}
