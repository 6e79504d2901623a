import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { laneOf } from '../objects.ts';
import { alarmsOf } from '../testing/faults.ts';
import {
  activeConversation,
  database,
  flushed,
  lobby,
  logOf,
  openConversation,
  stateOf,
} from '../testing/room.ts';
import { dashboard, enter, join, say } from '../testing/sockets.ts';

/** The runtime lets an object hibernate after ten seconds without anything to do, and not a moment before. */
const RUNTIMES_PATIENCE_MS = 12_000;

/** Leaves a mark in an object's memory: it is there for as long as the object has not slept. */
async function mark(object: DurableObjectStub): Promise<void> {
  await runInDurableObject(object, (instance) => void Object.assign(instance, { marked: true }));
}
async function sleptSince(object: DurableObjectStub): Promise<boolean> {
  return runInDurableObject(object, (instance) => !('marked' in instance));
}

describe('at rest', () => {
  test('a room with live sockets, its lane and the lobby hibernate by themselves after a flush, and go on', async () => {
    const [resting, busy] = [await activeConversation(), await activeConversation()];
    const [visitor, agent] = [await join(resting.id, resting.visitor), await join(resting.id, resting.agent)];
    await join(busy.id, busy.visitor);
    const desk = await dashboard(resting.agent);
    const other = await openConversation('hello');
    const assigned = await lobby().assign(other.id, { mode: 'accept', agent: resting.agent });
    await flushed(other.id);
    const before = await say(visitor, 'before');
    visitor.send({ t: 'typing', on: true });
    await agent.next('typing');
    await flushed(resting.id);
    await flushed(busy.id);
    const objects = { room: resting.room, lane: laneOf(env, resting.id), lobby: lobby() };
    for (const object of [...Object.values(objects), busy.room]) await mark(object);
    // What shows that the test could fail: a room that holds as little as one timer.
    await runInDurableObject(busy.room, () => void setTimeout(() => {}, RUNTIMES_PATIENCE_MS * 2));

    // Looking would wake them, so there is nothing to poll: this is the one wait of the suite that has to be a wait.
    await new Promise((resolve) => setTimeout(resolve, RUNTIMES_PATIENCE_MS));

    expect(await sleptSince(busy.room)).toBe(false);
    expect({
      room: await sleptSince(objects.room),
      lane: await sleptSince(objects.lane),
      lobby: await sleptSince(objects.lobby),
    }).toEqual({ room: true, lane: true, lobby: true });

    expect(assigned.ok).toBe(true);
    expect([visitor.closed, agent.closed, desk.closed]).toEqual([null, null, null]);
    const after = await say(visitor, 'after');
    expect(after.seq).toBe(before.seq + 1);
    const { message } = await agent.next('message', (frame) => frame.message.seq === after.seq);
    expect(message).toMatchObject({ senderId: resting.visitor.id, senderRole: 'visitor', text: 'after' });
    await desk.next('conversation', (frame) => frame.conversation.lastMessage?.text === 'after');
    await flushed(resting.id);
  }, 30_000);
});

describe('after a flush', () => {
  // That it holds no timer either is what its hibernating shows, above.

  /** Postgres notes which of its backends wrote what. */
  beforeAll(async () => {
    await database().unsafe(`
      create table private.test_writers (conversation_id uuid, pid integer);
      create function private.test_note_writer() returns trigger language plpgsql security definer set search_path = ''
        as $$ begin
          insert into private.test_writers values (new.conversation_id, pg_backend_pid());
          return null;
        end $$;
      create trigger test_note_writer after insert on public.messages
        for each row execute function private.test_note_writer()`);
  });
  afterAll(async () => {
    await database().unsafe(`
      drop trigger test_note_writer on public.messages;
      drop function private.test_note_writer();
      drop table private.test_writers`);
  });

  test('the room and its lane hold no connection: the backend that wrote is gone', async () => {
    const { id, visitor } = await activeConversation();
    const socket = await join(id, visitor);
    await say(socket, 'hello');
    await flushed(id);
    const writers = async () =>
      database()`select count(*)::int as all, count(a.pid)::int as left from private.test_writers w
        left join pg_stat_activity a on a.pid = w.pid where conversation_id = ${id}`;
    await vi.waitFor(async () => expect((await writers())[0]).toMatchObject({ left: 0 }), {
      timeout: 10_000,
    });
    expect((await writers())[0]?.all).toBeGreaterThan(0);
    expect(socket.closed).toBeNull();
  });

  test('one alarm is left at most, the safety net, and when it has looked there is none', async () => {
    const { id, visitor, room } = await openConversation();
    await say(await join(id, visitor), 'hello');
    await flushed(id);
    expect(Object.keys(await alarmsOf(room))).toEqual(['flush']);
    await vi.waitFor(async () => expect(await alarmsOf(room)).toEqual({}), {
      timeout: 10_000,
      interval: 100,
    });
    expect(await runInDurableObject(room, (_, { storage }) => storage.getAlarm())).toBeNull();
  });
});

describe('evicted between any two frames', () => {
  test('hibernated sockets go on: who they are, what they missed, what they may', async () => {
    const { id, visitor, agent, room } = await activeConversation();
    const [socket, helper] = [await join(id, visitor), await join(id, agent)];
    for (let n = 1; n <= 5; n++) {
      await evictDurableObject(room);
      const mine = await say(socket, `visitor ${n}`);
      expect((await helper.next('message')).message).toMatchObject({ seq: mine.seq, senderId: visitor.id });
      await evictDurableObject(room);
      const theirs = await say(helper, `agent ${n}`);
      expect((await socket.next('message')).message).toMatchObject({
        seq: theirs.seq,
        senderId: agent.id,
        senderRole: 'agent',
        senderName: 'Agent',
      });
    }
    expect(helper.all('message')).toHaveLength(5);
    expect(socket.all('message')).toHaveLength(5);
    await evictDurableObject(room);
    socket.send({ t: 'read', seq: 4 });
    expect(await helper.next('read')).toMatchObject({ role: 'visitor', seq: 4 });
    await evictDurableObject(room);
    await room.closeConversation(id, agent);
    expect((await socket.next('conversation', (frame) => frame.conversation.status === 'closed')).t).toBe(
      'conversation',
    );
    await flushed(id);
  });

  test('a resend after it is known, from what is stored', async () => {
    const { id, visitor, room } = await activeConversation();
    const socket = await join(id, visitor);
    const first = await say(socket, 'once');
    await evictDurableObject(room);
    expect(await say(socket, 'once', first.id)).toEqual(first);
    expect((await logOf(room)).filter((row) => row.text === 'once')).toHaveLength(1);
  });

  test('a socket that has not said hello still has to', async () => {
    const { id, visitor, agent, room } = await activeConversation();
    const [socket, helper] = [await enter(id, visitor), await join(id, agent)];
    await evictDurableObject(room);
    await say(helper, 'before hello');
    socket.send({ t: 'hello', after: null });
    const { messages } = await socket.next('welcome');
    expect(messages.at(-1)?.text).toBe('before hello');
    expect(socket.all('message')).toEqual([]);
  });

  test('closed sockets come back with hello and miss nothing', async () => {
    const { id, visitor, agent, room } = await activeConversation();
    const [socket, helper] = [await join(id, visitor), await join(id, agent)];
    const { seq } = await say(helper, 'one');
    await socket.next('message');
    await evictDurableObject(room, { webSockets: 'close' });
    await Promise.all([socket.end(), helper.end()]);
    const again = await join(id, agent);
    await say(again, 'two');
    const back = await join(id, visitor, { after: seq, epoch: 1 });
    expect(back.all('welcome')[0]).toMatchObject({ reset: false, gap: false, messages: [{ text: 'two' }] });
    await flushed(id);
  });

  test('presence is what the sockets say, not what memory says', async () => {
    const { id, visitor, agent, room } = await activeConversation();
    const [socket, helper] = [await join(id, visitor), await join(id, agent)];
    await evictDurableObject(room);
    socket.close(1000);
    await helper.next('presence', (frame) => !frame.visitor && frame.agents.length === 1);
    expect((await stateOf(room))?.agent?.id).toBe(agent.id);
  });
});
