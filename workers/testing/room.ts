import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { expect, inject, vi } from 'vitest';
import type { Person } from '../auth/person.ts';
import { lobbyOf, roomOf } from '../objects.ts';
import type { ConversationRoom } from '../rooms/conversation-room.ts';
import { type Marks, noMarks } from '../rooms/outbox.ts';
import type { RoomState } from '../rooms/records.ts';
import type { ConversationRoom as TestedRoom } from '../test-entry.ts';
import { type Connection, connect, createAccount, createAgent } from './postgres.ts';
import { agent, visitor } from './records.ts';

/** Conversations for tests inside workerd, and what room and Postgres hold of them. All are new, so tests never meet. */

// A busy machine makes a test slow, not wrong: one that hangs is still found.
vi.setConfig({ testTimeout: 20_000, hookTimeout: 20_000 });

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
  // They wait in memory for the next write or the alarm.
  await runInDurableObject(room, (instance) => (instance as TestedRoom).storeMarks());
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

export const lobby = () => lobbyOf(env);

/** Waits until the lobby has heard everything the room has stored: it says nothing more by itself. */
export async function told(conversationId: string): Promise<void> {
  const room = roomOf(env, conversationId);
  await vi.waitFor(
    async () => {
      const [log, state, marks] = [await logOf(room), await stateOf(room), await marksOf(room)];
      expect(marks).toMatchObject({ lobbySeq: log.length, lobbyRev: state?.rev });
    },
    { timeout: 10_000, interval: 25 },
  );
}
