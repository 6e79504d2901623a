import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env, exports } from 'cloudflare:workers';
import { expect, inject, vi } from 'vitest';
import type { ClientFrame, RoomFrame } from '../../app/protocol/frames.ts';
import { type LobbyFrame, roomFrameSchema } from '../../app/protocol/frames.ts';
import { SUBPROTOCOL, TICKET_PREFIX } from '../../app/protocol/version.ts';
import type { Person } from '../auth/person.ts';
import { signTicket } from '../auth/ticket.ts';
import { laneOf, lobbyOf, roomOf } from '../objects.ts';
import type { ConversationRoom } from '../rooms/conversation-room.ts';
import { type Marks, noMarks } from '../rooms/outbox.ts';
import type { RoomState } from '../rooms/records.ts';
import { type Connection, connect, createAccount, createAgent } from './postgres.ts';
import { agent, visitor } from './records.ts';

/** Conversations, sockets and faults for tests inside workerd. Every name is new, so tests never meet. */

declare global {
  namespace Cloudflare {
    interface GlobalProps {
      mainModule: typeof import('../test-entry.ts');
    }
  }
}

const ORIGIN = 'https://chat.test';

let connection: Connection | undefined;

/** The run's Postgres, as its owner. One connection a file; it dies with the file's isolate. */
export function database(): Connection {
  connection ??= connect(inject('backend').databaseUrl, 1);
  return connection;
}

export async function newVisitor(change: Partial<Person> = {}): Promise<Person> {
  return visitor({ id: await createAccount(database()), ...change });
}

export async function newAgent(change: Partial<Person> = {}): Promise<Person> {
  const person = agent(change);
  const id = await createAgent(database(), { name: person.name ?? '', maxChats: person.maxChats });
  return { ...person, id };
}

/** A conversation of a new visitor's, waiting, in its room and in Postgres. */
export async function openConversation(
  text?: string,
  by?: Person,
): Promise<{ id: string; visitor: Person; room: DurableObjectStub<ConversationRoom> }> {
  const person = by ?? (await newVisitor());
  const firstMessage = text === undefined ? null : { id: crypto.randomUUID(), text };
  const made = await env.STORE.createConversation({
    id: crypto.randomUUID(),
    visitorId: person.id,
    firstClientId: firstMessage?.id ?? null,
    subject: null,
    metadata: { page: '/pricing' },
  });
  if (!made.ok) throw new Error(`no conversation: ${made.code}`);
  const room = roomOf(env, made.conversation.id);
  const opened = await room.open({
    row: made.conversation,
    created: made.created,
    visitor: person,
    firstMessage,
  });
  if (!opened.ok) throw new Error(`not opened: ${opened.code}`);
  return { id: made.conversation.id, visitor: person, room };
}

/** One that an agent has accepted. */
export async function activeConversation(agentChange: Partial<Person> = {}) {
  const conversation = await openConversation();
  const person = await newAgent(agentChange);
  const { id, name, avatarUrl } = person;
  const accepted = await conversation.room.accept(conversation.id, { id, name: name ?? '', avatarUrl });
  if (!accepted.ok) throw new Error(`not accepted: ${accepted.code}`);
  return { ...conversation, agent: person };
}

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
      { timeout: 5_000, interval: 5 },
    );
  }

  /** Waits until the other end has closed, and says how. */
  async end(): Promise<number> {
    await vi.waitFor(() => expect(this.closed).not.toBeNull(), { timeout: 5_000, interval: 5 });
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

export function text(words: string, id: string = crypto.randomUUID()) {
  return { t: 'send', id, kind: 'text', text: words } as const;
}

/** Sends and waits for the ack. */
export async function say(socket: RoomSocket, words: string, id?: string) {
  const frame = text(words, id);
  socket.send(frame);
  return socket.next('ack', (ack) => ack.id === frame.id);
}

/** What a conversation's log holds, as its room has it. */
export async function logOf(room: DurableObjectStub<ConversationRoom>) {
  return runInDurableObject(room, (_, { storage }) =>
    storage.sql
      .exec<{
        seq: number;
        id: string;
        sender_id: string;
        sender_role: string;
        sender_name: string;
        client_id: string;
        text: string | null;
        event: string | null;
        at: number;
      }>(
        'select seq, id, sender_id, sender_role, sender_name, client_id, text, event, at from log order by seq',
      )
      .toArray(),
  );
}

async function meta(room: DurableObjectStub<ConversationRoom>, key: string): Promise<unknown> {
  return runInDurableObject(room, (_, { storage }) => {
    const [row] = storage.sql.exec<{ value: string }>('select value from meta where key = ?', key).toArray();
    return row ? JSON.parse(row.value) : null;
  });
}

export async function marksOf(room: DurableObjectStub<ConversationRoom>): Promise<Marks> {
  return { ...noMarks, ...((await meta(room, 'marks')) as Marks | null) };
}

export async function stateOf(room: DurableObjectStub<ConversationRoom>): Promise<RoomState | null> {
  return (await meta(room, 'state')) as RoomState | null;
}

/** The same of Postgres, for comparing row for row. */
export async function inPostgres(conversationId: string) {
  const rows =
    await database()`select seq::int, id, sender_id, sender_role, sender_name, client_id, content as text,
      event::text, (extract(epoch from created_at) * 1000)::bigint::float8 as at
    from public.messages where conversation_id = ${conversationId} order by seq`;
  return rows.map((row) => ({ ...row, event: row.event as string | null }));
}

/** Waits until Postgres has everything the room has, and compares the two row for row. */
export async function flushed(conversationId: string): Promise<void> {
  const room = roomOf(env, conversationId);
  await vi.waitFor(
    async () => {
      const [log, state, marks] = [await logOf(room), await stateOf(room), await marksOf(room)];
      expect(marks).toMatchObject({ flushedSeq: log.length, flushedRev: state?.rev });
    },
    { timeout: 10_000, interval: 25 },
  );
  const parsed = (rows: { event: unknown }[]) =>
    rows.map((row) => ({ ...row, event: typeof row.event === 'string' ? JSON.parse(row.event) : null }));
  expect(parsed(await inPostgres(conversationId))).toEqual(parsed(await logOf(room)));
}

// ── Alarms and faults ────────────────────────────────────────────────────────────────────────────

/** The alarms an object has set itself: name → when, milliseconds since the epoch. */
export async function alarmsOf(object: DurableObjectStub): Promise<Record<string, number>> {
  return runInDurableObject(object, (_, { storage }) =>
    Object.fromEntries(
      storage.sql
        .exec<{ name: string; at: number }>('select name, at from alarms')
        .toArray()
        .map(({ name, at }) => [name, at]),
    ),
  );
}

/** Lets the time of everything that is set come, and runs the alarm. */
export async function fireAlarm(object: DurableObjectStub): Promise<boolean> {
  await runInDurableObject(object, async (_, { storage }) => {
    storage.sql.exec('update alarms set at = 0');
    // Far enough that it doesn't fire by itself meanwhile.
    await storage.setAlarm(Date.now() + 60_000);
  });
  return runDurableObjectAlarm(object);
}

const faulty = new Set<DurableObjectStub>();

/** Gives every object the real Store again. Lanes are shared: call it after each test that used a fault. */
export async function restoreStores(): Promise<void> {
  const objects = [...faulty];
  faulty.clear();
  await Promise.all(objects.map((object) => evictDurableObject(object)));
}

/** Gives the live object another Store, until it is evicted. What it doesn't answer, the real one does. */
export async function withStore(
  object: DurableObjectStub,
  store: Partial<Record<string, unknown>>,
): Promise<void> {
  faulty.add(object);
  await runInDurableObject(object, (instance) => {
    const own = instance as unknown as { env: Env };
    const real = own.env.STORE;
    own.env = {
      ...own.env,
      STORE: new Proxy(real, {
        get: (_, method) => {
          if (typeof method === 'string' && method in store) return store[method];
          return (...values: unknown[]) =>
            (real as unknown as Record<string | symbol, (...values: unknown[]) => unknown>)[method]?.(
              ...values,
            );
        },
      }),
    };
  });
}

/** The lane of a conversation with another `ingestMany`. */
export async function withIngest(
  conversationId: string,
  ingestMany: (parts: unknown[]) => unknown,
): Promise<void> {
  await withStore(laneOf(env, conversationId), { ingestMany });
}

/** Postgres away, as a Store says it. */
export const away = async () => ({ ok: false, code: 'unavailable' }) as const;

export const lobby = () => lobbyOf(env);
export type { LobbyFrame };

/** What has been written to the Worker's log since, one entry a line; nothing is printed meanwhile. */
export function quietLog(): { entries(): Record<string, unknown>[]; text(): string } {
  const printed = vi.spyOn(console, 'log').mockImplementation(() => {});
  const lines = () => printed.mock.calls.map(([line]) => String(line));
  return {
    entries: () => lines().map((line) => JSON.parse(line) as Record<string, unknown>),
    text: () => lines().join('\n'),
  };
}

/** An object that has lost everything it had stored; its sockets are gone with it. */
export async function wipe(object: DurableObjectStub): Promise<void> {
  await runInDurableObject(object, async (_, { storage }) => {
    await storage.deleteAlarm();
    await storage.deleteAll();
  });
  await evictDurableObject(object, { webSockets: 'close' });
}
