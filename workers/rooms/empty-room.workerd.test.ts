import { evictDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CLOSE } from '../../app/protocol/codes.ts';
import { SUBPROTOCOL, TICKET_PREFIX } from '../../app/protocol/version.ts';
import { signTicket } from '../auth/ticket.ts';
import { laneOf } from '../objects.ts';
import { away, fireAlarm, quietLog, restoreStores, rewrite, wipe, withStore } from '../testing/faults.ts';
import { as, ingest } from '../testing/postgres.ts';
import { ingestPart, logRow } from '../testing/records.ts';
import {
  activeConversation,
  database,
  flushed,
  inPostgres,
  lobby,
  logOf,
  marksOf,
  newAgent,
  openConversation,
  stateOf,
} from '../testing/room.ts';
import { enter, join, roomSocket, say, text, upgrade } from '../testing/sockets.ts';
import { noMarks } from './outbox.ts';

let log: ReturnType<typeof quietLog>;
beforeEach(() => {
  log = quietLog();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await restoreStores();
});

/** A conversation with a few messages, all of it in Postgres. */
async function written() {
  const conversation = await activeConversation({ name: 'Support One' });
  const socket = await join(conversation.id, conversation.visitor);
  const helper = await join(conversation.id, conversation.agent);
  const first = await say(socket, 'first');
  await say(helper, 'second');
  const last = await say(socket, 'third');
  socket.send({ t: 'read', seq: last.seq });
  await helper.next('read');
  await flushed(conversation.id);
  return { ...conversation, socket, helper, first, last };
}

const claim = (id: string) =>
  as(database(), { role: 'chat_room' }, (tx) => tx`select private.claim_room(${id})`);
const halted = (room: Awaited<ReturnType<typeof written>>['room'], code: string) =>
  vi.waitFor(async () => expect((await marksOf(room)).halted).toBe(code), { timeout: 10_000, interval: 20 });

describe('a room that has lost its log', () => {
  test('comes back with everything, as a new life', async () => {
    const { id, room, visitor, last } = await written();
    const [before, state] = [await logOf(room), await stateOf(room)];
    await wipe(room);
    const socket = await join(id, visitor, { after: last.seq, epoch: 1 });
    const welcome = socket.all('welcome')[0];
    expect(welcome).toMatchObject({ epoch: 2, head: last.seq, reset: true, gap: false });
    expect(welcome?.messages).toHaveLength(last.seq);
    expect(await logOf(room)).toEqual(before);
    expect(await stateOf(room)).toEqual({ ...state, epoch: 2, changedAt: expect.any(Number) });
    const next = await say(socket, 'fourth');
    expect(next.seq).toBe(last.seq + 1);
    await flushed(id);
  });

  test('knows an old resend', async () => {
    const { id, room, visitor, first } = await written();
    await wipe(room);
    const socket = await join(id, visitor);
    expect(await say(socket, 'first', first.id)).toEqual(first);
    socket.send(text('other words', first.id));
    expect(await socket.next('error')).toMatchObject({ code: 'conflict' });
    expect((await logOf(room)).filter((row) => row.text === 'first')).toHaveLength(1);
  });

  test('loads a long conversation whole: the oldest resend is known, the newest page is shown', async () => {
    const { id, room, visitor } = await openConversation();
    await flushed(id);
    const head = (await logOf(room)).length;
    const rows = Array.from({ length: 2_300 }, (_, index) =>
      logRow(head + 1 + index, { senderId: visitor.id }),
    );
    for (let from = 0; from < rows.length; from += 500) {
      await ingest(database(), [ingestPart(id, rows.slice(from, from + 500))]);
    }
    await wipe(room);
    const socket = await join(id, visitor);
    expect(socket.all('welcome')[0]).toMatchObject({ head: head + 2_300, gap: true });
    expect(socket.all('welcome')[0]?.messages).toHaveLength(200);
    const oldest = rows[0];
    expect(await say(socket, oldest?.text ?? '', oldest?.clientId)).toMatchObject({ seq: oldest?.seq });
  });

  test('is loaded once, however many ask at the same moment', async () => {
    const { id, room, visitor, agent } = await written();
    await wipe(room);
    const sockets = await Promise.all([visitor, agent, visitor, agent].map((person) => join(id, person)));
    for (const socket of sockets) expect(socket.all('welcome')[0]?.epoch).toBe(2);
  });

  test('holds to a sign-out that came while it was empty', async () => {
    const { id, room, visitor } = await written();
    await wipe(room);
    const ticket = await signTicket(env, id, visitor, Date.now() + 3_600_000);
    await room.revoke(visitor.id, CLOSE.signedOut);
    const socket = roomSocket(await upgrade(`/rooms/${id}`, [SUBPROTOCOL, `${TICKET_PREFIX}${ticket}`]));
    expect(await socket.end()).toBe(CLOSE.signedOut);
  });

  test('is not found when there never was such a conversation', async () => {
    const { visitor } = await openConversation();
    const socket = await enter(crypto.randomUUID(), visitor);
    expect(await socket.end()).toBe(4404);
  });
});

describe('while it cannot load', () => {
  test.each<[string, Record<string, unknown>]>([
    ['Postgres does not answer', { claimRoom: away }],
    ['Postgres goes away halfway', { roomMessages: away }],
    ['the Store itself is gone', { claimRoom: () => Promise.reject(new Error('reset')) }],
    ['messages are missing', { roomMessages: async () => ({ ok: true, rows: [] }) }],
  ])('it lets nobody in and takes nothing: %s', async (_, store) => {
    const { id, room, visitor, agent } = await written();
    await wipe(room);
    await withStore(room, store);
    expect(await (await enter(id, visitor)).end()).toBe(1013);
    expect(await room.closeConversation(id, agent)).toEqual({ ok: false, code: 'unavailable' });
    expect(await room.history(id, null, 10)).toEqual({ ok: false, code: 'unavailable' });
    const firstMessage = { id: crypto.randomUUID(), text: 'hello' };
    const row = { id } as Parameters<typeof room.open>[0]['row'];
    expect(await room.open({ row, created: false, visitor, firstMessage })).toEqual({
      ok: false,
      code: 'unavailable',
    });
    expect(await logOf(room)).toEqual([]);
    expect(await stateOf(room)).toBeNull();

    await restoreStores();
    const socket = await join(id, visitor);
    await say(socket, 'back');
    await flushed(id);
  });
});

describe('a conversation that was deleted', () => {
  test('erases its room, which says 4404 to everybody from then on', async () => {
    const { id, room, visitor, socket, helper } = await written();
    await database()`delete from public.conversations where id = ${id}`;
    await say(socket, 'too late');
    expect(await Promise.all([socket.end(), helper.end()])).toEqual([4404, 4404]);
    expect(await logOf(room)).toEqual([]);
    expect(await stateOf(room)).toBeNull();
    expect(await (await enter(id, visitor)).end()).toBe(4404);
    await evictDurableObject(room);
    expect(await (await enter(id, visitor)).end()).toBe(4404);
    expect(await room.history(id, null, 10)).toEqual({ ok: false, code: 'not_found' });
    expect(await inPostgres(id)).toEqual([]);
    expect(log.text()).not.toContain('too late');
  });
});

describe('another life of the room', () => {
  test('stops the old one: it never acks again, says so, and writes nothing', async () => {
    const { id, room, socket, visitor } = await written();
    await claim(id);
    const before = await inPostgres(id);
    await say(socket, 'the last one acked');
    await halted(room, 'stale_epoch');
    const frame = text('never acked');
    socket.send(frame);
    expect(await socket.next('error')).toMatchObject({ code: 'unavailable', ref: frame.id });
    expect(socket.all('ack').some((ack) => ack.id === frame.id)).toBe(false);
    await evictDurableObject(room);
    const again = await join(id, visitor);
    again.send(frame);
    expect(await again.next('error')).toMatchObject({ code: 'unavailable' });
    await fireAlarm(room);
    expect(await inPostgres(id)).toEqual(before);
    expect(await lobby().longestBehind(100)).toContain(id);
    expect(log.entries().some(({ event }) => event === 'room_halted')).toBe(true);
  });
});

describe('Postgres put back to an earlier hour', () => {
  test('is healed by sending again, messages and state', async () => {
    const { id, room, socket, last } = await written();
    await database()`delete from public.messages where conversation_id = ${id} and seq > 2`;
    await database()`update public.conversations
      set head_seq = 2, rev = 0, status = 'waiting', agent_id = null, visitor_read_seq = 0 where id = ${id}`;
    await say(socket, 'fourth');
    await flushed(id);
    const [row] = await database()`select head_seq::int, rev::int, status, visitor_read_seq::int
      from public.conversations where id = ${id}`;
    expect(row).toEqual({
      head_seq: last.seq + 1,
      rev: (await stateOf(room))?.rev,
      status: 'active',
      visitor_read_seq: last.seq,
    });
  });

  test('is noticed by a state alone', async () => {
    const { id, socket, helper } = await written();
    await database()`delete from public.messages where conversation_id = ${id} and seq > 3`;
    await database()`update public.conversations set head_seq = 3 where id = ${id}`;
    helper.send({ t: 'read', seq: 3 });
    await socket.next('read');
    await flushed(id);
  });

  test('to before this life began: the room goes on writing', async () => {
    const { id, room, visitor } = await written();
    await wipe(room);
    await join(id, visitor);
    await database()`delete from public.messages where conversation_id = ${id} and seq > 1`;
    await database()`update public.conversations set head_seq = 1, epoch = 1 where id = ${id}`;
    await say(await join(id, visitor), 'on');
    await flushed(id);
  });
});

describe('what Postgres refuses', () => {
  test('a difference stops the room: it skips nothing, renumbers nothing, and says so', async () => {
    const { id, room, socket, last } = await written();
    await database()`update public.messages set content = 'changed' where conversation_id = ${id} and seq = ${last.seq}`;
    await database()`update public.conversations set head_seq = ${last.seq} where id = ${id}`;
    await rewrite(room, ({ sql }) => {
      const marks = JSON.stringify({ ...noMarks, flushedSeq: last.seq - 1 });
      sql.exec("update meta set value = ? where key = 'marks'", marks);
    });
    await say(socket, 'goes on here');
    await halted(room, 'differs');
    expect((await marksOf(room)).flushedSeq).toBe(last.seq - 1);
    expect((await inPostgres(id)).at(-1)).toMatchObject({ seq: last.seq, text: 'changed' });
    expect(await lobby().longestBehind(100)).toContain(id);
  });

  test('a poison row stops its own room and nobody else’s', async () => {
    const [poisoned, fine] = [await written(), await written()];
    await rewrite(poisoned.room, ({ sql }) =>
      sql.exec(
        `insert into log select seq + 1, 'poison', sender_id, 'nobody', sender_name, 'poison', kind, text, event, at
         from log order by seq desc limit 1`,
      ),
    );
    await Promise.all([
      say(poisoned.socket, 'behind the poison'),
      say(fine.socket, 'in the same lane or not'),
    ]);
    await halted(poisoned.room, 'refused');
    await flushed(fine.id);
    expect(await inPostgres(poisoned.id)).toHaveLength(poisoned.last.seq);
    expect(log.text()).not.toContain('behind the poison');
  });
});

test('an agent who was removed does not keep the conversation from being written or taken over', async () => {
  const { id, room, agent, socket } = await written();
  await database()`delete from public.chat_agents where id = ${agent.id}`;
  await say(socket, 'anybody?');
  await flushed(id);
  const other = await newAgent({ name: 'Support Two' });
  expect(await room.takeOver(id, { id: other.id, name: 'Support Two', avatarUrl: null })).toMatchObject({
    ok: true,
  });
  await flushed(id);
  const [row] = await database()`select agent_id from public.conversations where id = ${id}`;
  expect(row?.agent_id).toBe(other.id);
});

test('a lane that is lost with what it held loses nothing: it is still in the room', async () => {
  const { id, room, socket } = await written();
  await say(socket, 'in flight');
  await evictDurableObject(laneOf(env, id)).catch(() => {});
  await fireAlarm(room);
  await flushed(id);
});
