import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { CLOSE } from '../../app/protocol/codes.ts';
import { roomOf } from '../objects.ts';
import { visitor } from '../testing/records.ts';
import {
  activeConversation,
  database,
  flushed,
  inPostgres,
  logOf,
  newAgent,
  openConversation,
  stateOf,
} from '../testing/room.ts';
import { enter, join, say, text } from '../testing/sockets.ts';
import { MessageLog } from './message-log.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

/** What comes is at once for the room, however slow the machine; returns how to go on. */
function stopClock(): () => void {
  const clock = vi.spyOn(Date, 'now').mockReturnValue(Date.now());
  return () => clock.mockRestore();
}

describe('a message', () => {
  test('is acked, reaches the others once and its sender not at all, and lies in Postgres row for row', async () => {
    const { id, visitor, agent } = await activeConversation();
    const [writer, second, helper] = [
      await join(id, visitor),
      await join(id, visitor),
      await join(id, agent),
    ];
    const ack = await say(writer, 'Hello 你好 😀');
    const { message } = await helper.next('message');
    expect(message).toMatchObject({
      seq: ack.seq,
      at: ack.at,
      clientId: ack.id,
      senderRole: 'visitor',
      senderId: visitor.id,
      senderName: 'Guest',
      text: 'Hello 你好 😀',
    });
    await second.next('message');
    await say(helper, 'Hi');
    await writer.next('message', (frame) => frame.message.text === 'Hi');
    expect(helper.all('message')).toHaveLength(1);
    expect(writer.all('message').map((frame) => frame.message.text)).toEqual(['Hi']);
    await flushed(id);
  });

  test('that is sent again gets the first ack, is not delivered again, and costs nothing', async () => {
    const { id, visitor, agent } = await activeConversation();
    const [writer, helper] = [await join(id, visitor), await join(id, agent)];
    const first = await say(writer, 'once');
    for (let time = 0; time < 30; time++) {
      expect(await say(writer, 'once', first.id)).toEqual(first);
    }
    expect(await say(writer, 'once', first.id.toUpperCase())).toMatchObject({ seq: first.seq });
    await say(writer, 'the next');
    await helper.next('message', (frame) => frame.message.text === 'the next');
    expect(helper.all('message').map((frame) => frame.message.text)).toEqual(['once', 'the next']);
    await flushed(id);
  });

  test('under a known id but with other words is a conflict, and changes nothing', async () => {
    const { id, visitor } = await openConversation();
    const socket = await join(id, visitor);
    const first = await say(socket, 'mine');
    socket.send(text('something else', first.id));
    expect(await socket.next('error')).toMatchObject({ code: 'conflict', ref: first.id });
    expect(await inRoom(id)).toContain('mine');
    expect(await inRoom(id)).not.toContain('something else');
  });

  test('of another sender may have the same id: ids are each sender’s own', async () => {
    const { id, visitor, agent } = await activeConversation();
    const [writer, helper] = [await join(id, visitor), await join(id, agent)];
    const first = await say(writer, 'from the visitor');
    const other = await say(helper, 'from the agent', first.id);
    expect(other.seq).toBe(first.seq + 1);
  });

  test('takes nothing of who, when and where from its sender', async () => {
    const { id, visitor } = await openConversation();
    const socket = await join(id, visitor);
    const frame = {
      ...text('forged'),
      senderRole: 'agent',
      senderId: crypto.randomUUID(),
      senderName: 'Support',
      seq: 999,
      at: '1999-01-01T00:00:00.000Z',
    };
    socket.raw(JSON.stringify(frame));
    const ack = await socket.next('ack');
    await flushed(id);
    const row = (await inPostgres(id)).at(-1);
    expect(row).toMatchObject({
      seq: ack.seq,
      sender_role: 'visitor',
      sender_id: visitor.id,
      sender_name: 'Guest',
    });
    expect(Date.now() - Date.parse(ack.at)).toBeLessThan(60_000);
    expect(ack.seq).toBeLessThan(999);
  });

  test.each([
    ['blank', ' \u200B'],
    ['with a NUL', 'a\u0000b'],
    ['with half a character', 'a\uD83D'],
  ])('that is %s is refused before anything is written', async (_, words) => {
    const { id, room, visitor } = await openConversation();
    const socket = await join(id, visitor);
    const before = await logOf(room);
    const frame = text(words);
    socket.send(frame);
    expect(await socket.next('error')).toMatchObject({ code: 'invalid', ref: frame.id });
    expect(await logOf(room)).toEqual(before);
  });

  test('too many at once are told when to try again; then they go', async () => {
    const { id, visitor } = await openConversation();
    const socket = await join(id, visitor);
    const resume = stopClock();
    for (let n = 1; n <= 11; n++) socket.send(text(`message ${n}`));
    const refused = await socket.next('error');
    resume();
    expect(refused).toMatchObject({ code: 'rate_limited', retryAfterMs: expect.any(Number) });
    expect(refused.retryAfterMs).toBeLessThanOrEqual(1_000);
    await vi.waitFor(() => expect(socket.all('ack')).toHaveLength(10));
    await vi.waitFor(
      () => {
        socket.send(text('message 11', refused.ref));
        expect(socket.all('ack').some((ack) => ack.id === refused.ref)).toBe(true);
      },
      { timeout: 10_000, interval: 200 },
    );
  });
});

describe('what fails', () => {
  test('an insert that throws is never acked, and the message can be sent again', async () => {
    const { id, visitor, agent } = await activeConversation();
    const [writer, helper] = [await join(id, visitor), await join(id, agent)];
    const append = vi.spyOn(MessageLog.prototype, 'append').mockImplementationOnce(() => {
      throw new Error('disk full');
    });
    vi.spyOn(console, 'log').mockImplementation(() => {});
    const frame = text('lost and found');
    writer.send(frame);
    expect(await writer.next('error')).toMatchObject({ code: 'unavailable', ref: frame.id });
    expect(append).toHaveBeenCalledOnce();
    expect(writer.all('ack')).toEqual([]);
    await say(writer, 'lost and found', frame.id);
    await helper.next('message');
    expect(helper.all('message')).toHaveLength(1);
    await flushed(id);
  });

  test('fails alone among those that arrived with it', async () => {
    const { id, visitor, agent } = await activeConversation();
    const [writer, helper] = [await join(id, visitor), await join(id, agent)];
    const append = MessageLog.prototype.append;
    vi.spyOn(MessageLog.prototype, 'append').mockImplementation(function (this: MessageLog, row) {
      if (row.text === 'two') throw new Error('broken');
      return append.call(this, row);
    });
    vi.spyOn(console, 'log').mockImplementation(() => {});
    for (const words of ['one', 'two', 'three', 'four']) writer.send(text(words));
    await vi.waitFor(() => expect(writer.all('ack')).toHaveLength(3));
    expect(writer.all('error')).toHaveLength(1);
    await vi.waitFor(() => expect(helper.all('message')).toHaveLength(3));
    expect(helper.all('message').map((frame) => frame.message.text)).toEqual(['one', 'three', 'four']);
    const seqs = writer.all('ack').map((ack) => ack.seq);
    expect(seqs).toEqual([seqs[0], (seqs[0] ?? 0) + 1, (seqs[0] ?? 0) + 2]);
  });

  test('says nothing of what was written, neither to the client nor to the log', async () => {
    const { id, visitor } = await openConversation();
    const socket = await join(id, visitor);
    vi.spyOn(MessageLog.prototype, 'append').mockImplementation((row) => {
      throw new Error(`cannot store ${row.text}`);
    });
    const printed = vi.spyOn(console, 'log').mockImplementation(() => {});
    socket.send(text('a secret'));
    const refused = await socket.next('error');
    expect(JSON.stringify(refused)).not.toContain('secret');
    expect(printed.mock.calls.flat().join()).toContain('frame_failed');
    expect(printed.mock.calls.flat().join()).not.toContain('secret');
  });
});

describe('frames', () => {
  test('before hello are refused', async () => {
    const { id, visitor } = await openConversation();
    const socket = await enter(id, visitor);
    const frame = text('too early');
    socket.send(frame);
    expect(await socket.next('error')).toMatchObject({ code: 'invalid', ref: frame.id });
    socket.send({ t: 'hello', after: null });
    await socket.next('welcome');
    await say(socket, 'now');
  });

  test('that are no frames are refused, and the socket goes on', async () => {
    const { id, visitor } = await openConversation();
    const socket = await join(id, visitor);
    for (const data of ['{', '[]', '{"t":"nothing"}', '{"t":"read","seq":-1}']) {
      socket.raw(data);
      expect(await socket.next('error')).toMatchObject({ code: 'invalid' });
    }
    socket.raw(new ArrayBuffer(4));
    expect(await socket.next('error')).toMatchObject({ code: 'invalid' });
    await say(socket, 'still here');
  });

  test('too large are refused, and the socket is closed with 1009', async () => {
    const { id, visitor } = await openConversation();
    const socket = await join(id, visitor);
    socket.send(text('你'.repeat(11_000)));
    expect(await socket.next('error')).toMatchObject({ code: 'too_large' });
    expect(await socket.end()).toBe(1009);
  });

  test('far too many are answered by closing with 4429', async () => {
    const { id, visitor } = await openConversation();
    const socket = await join(id, visitor);
    const resume = stopClock();
    for (let n = 0; n < 250; n++) socket.send({ t: 'read', seq: 0 });
    expect(await socket.end()).toBe(4429);
    resume();
  });

  test('ping is answered pong', async () => {
    const { id, visitor } = await openConversation();
    const socket = await join(id, visitor);
    socket.raw('ping');
    await vi.waitFor(() => expect(socket.words).toEqual(['pong']));
  });
});

describe('coming and going', () => {
  test('a welcome carries what was missed, and from there the socket is live', async () => {
    const { id, visitor, agent } = await activeConversation();
    const helper = await join(id, agent);
    const { seq } = await say(helper, 'one');
    await say(helper, 'two');
    const socket = await enter(id, visitor);
    socket.send({ t: 'hello', after: seq });
    const welcome = await socket.next('welcome');
    expect(welcome.messages.map((message) => message.text)).toEqual(['two']);
    expect(welcome).toMatchObject({
      v: 1,
      you: { id: visitor.id, role: 'visitor' },
      head: seq + 1,
      gap: false,
      reset: false,
      epoch: 1,
    });
    await say(helper, 'three');
    await socket.next('message');
  });

  test('a visitor is not shown where they came from; an agent is', async () => {
    const { id, visitor, agent } = await activeConversation();
    const [socket, helper] = [await join(id, visitor), await join(id, agent)];
    expect(socket.all('welcome')[0]?.conversation).not.toHaveProperty('metadata');
    expect(helper.all('welcome')[0]?.conversation.metadata).toEqual({ page: '/pricing' });
  });

  test.each([1000, 1001, 1005, 3000, 4000])(
    'a client may leave with %i, and the others are told',
    async (code) => {
      const { id, visitor, agent } = await activeConversation();
      const [socket, helper] = [await join(id, visitor), await join(id, agent)];
      await helper.next('presence', (frame) => frame.visitor);
      const printed = vi.spyOn(console, 'log').mockImplementation(() => {});
      if (code === 1005) socket.close();
      else socket.close(code);
      await helper.next('presence', (frame) => !frame.visitor);
      expect(printed.mock.calls).toEqual([]);
    },
  );

  test('the oldest of too many sockets of one person goes', async () => {
    const { id, visitor } = await openConversation();
    const sockets = await Promise.all(Array.from({ length: 20 }, () => join(id, visitor)));
    const newest = await join(id, visitor);
    await vi.waitFor(() => expect(sockets.filter(({ closed }) => closed)).toHaveLength(1));
    expect(sockets.find(({ closed }) => closed)?.closed?.code).toBe(4429);
    await say(newest, 'in');
  });
});

describe('history', () => {
  test('comes in pages before a place, oldest first, and says whether there is more', async () => {
    const { id, visitor, agent } = await activeConversation();
    const [socket, helper] = [await join(id, visitor), await join(id, agent)];
    for (let n = 1; n <= 8; n++) await say(n % 2 ? socket : helper, `message ${n}`);
    const { head } = (await join(id, visitor)).all('welcome')[0] ?? { head: 0 };
    socket.send({ t: 'history', before: head + 1, limit: 3 });
    const newest = await socket.next('history');
    expect(newest.messages.map(({ seq }) => seq)).toEqual([head - 2, head - 1, head]);
    expect(newest).toMatchObject({ before: head + 1, more: true });
    socket.send({ t: 'history', before: head - 2 });
    const older = await socket.next('history');
    expect(older.messages.map(({ seq }) => seq)).toEqual(
      Array.from({ length: head - 3 }, (_, index) => index + 1),
    );
    expect(older.more).toBe(false);
    socket.send({ t: 'history', before: 1 });
    expect(await socket.next('history')).toMatchObject({ messages: [], more: false });
  });
});

describe('read marks and unread', () => {
  test('a mark goes forward only, at most to the head, and everybody hears of it', async () => {
    const { id, visitor, agent, room } = await activeConversation();
    const [socket, helper] = [await join(id, visitor), await join(id, agent)];
    const { seq } = await say(helper, 'one');
    socket.send({ t: 'read', seq: 1_000_000 });
    expect(await helper.next('read')).toEqual({ t: 'read', role: 'visitor', seq });
    socket.send({ t: 'read', seq: 1 });
    socket.send({ t: 'read', seq });
    const second = await say(helper, 'two');
    socket.send({ t: 'read', seq: second.seq });
    await helper.next('read');
    expect(helper.all('read').map((frame) => frame.seq)).toEqual([seq, second.seq]);
    expect((await stateOf(room))?.read.visitor).toBe(second.seq);
    await flushed(id);
    const [row] =
      await database()`select visitor_read_seq::int as seq from public.conversations where id = ${id}`;
    expect(row?.seq).toBe(second.seq);
  });

  test('unread are the other side’s messages after the mark, not one’s own and not the system’s', async () => {
    const { id, visitor, agent } = await activeConversation();
    const [socket, helper] = [await join(id, visitor), await join(id, agent)];
    await say(socket, 'a');
    await say(socket, 'b');
    const { seq } = await say(helper, 'c');
    const unread = async () => (await join(id, visitor)).all('welcome')[0]?.conversation.unread;
    expect(await unread()).toEqual({ visitor: 1, agent: 2 });
    helper.send({ t: 'read', seq });
    await socket.next('read');
    expect(await unread()).toEqual({ visitor: 1, agent: 0 });
    await say(socket, 'd');
    expect(await unread()).toEqual({ visitor: 1, agent: 1 });
  });

  test('an agent who only looks does not clear the badge of the one who answers', async () => {
    const { id, visitor, room } = await activeConversation();
    const socket = await join(id, visitor);
    const { seq } = await say(socket, 'anybody?');
    const onlooker = await join(id, await newAgent());
    onlooker.send({ t: 'read', seq });
    onlooker.send({ t: 'history', before: 1 });
    await onlooker.next('history');
    expect((await stateOf(room))?.read.agent).toBe(0);
  });
});

describe('typing', () => {
  test('reaches the others with its end, and not who types', async () => {
    const { id, visitor, agent } = await activeConversation();
    const [socket, helper] = [await join(id, visitor), await join(id, agent)];
    socket.send({ t: 'typing', on: true });
    const typing = await helper.next('typing');
    expect(typing.who).toEqual({ id: visitor.id, role: 'visitor', name: null });
    expect(Date.parse(typing.until)).toBeGreaterThan(Date.now());
    socket.send({ t: 'typing', on: false });
    expect(Date.parse((await helper.next('typing')).until)).toBeLessThanOrEqual(Date.now());
    expect(socket.all('typing')).toEqual([]);
  });

  test('of an agent who has not taken the conversation is not shown', async () => {
    const { id, visitor, agent } = await activeConversation();
    const [socket, onlooker, helper] = [
      await join(id, visitor),
      await join(id, await newAgent()),
      await join(id, agent),
    ];
    onlooker.send({ t: 'typing', on: true });
    onlooker.send({ t: 'history', before: 1 });
    await onlooker.next('history');
    helper.send({ t: 'typing', on: true });
    expect((await socket.next('typing')).who.id).toBe(agent.id);
  });
});

describe('who may write', () => {
  test('an agent must be the conversation’s: others read, and are told to take it over', async () => {
    const { id, visitor, room } = await activeConversation();
    const [socket, other] = [await join(id, visitor), await newAgent()];
    const onlooker = await join(id, other);
    onlooker.send(text('may I?'));
    expect(await onlooker.next('error')).toMatchObject({ code: 'forbidden' });
    const taken = await room.takeOver(id, { id: other.id, name: 'Support Two', avatarUrl: null });
    expect(taken).toMatchObject({ ok: true, conversation: { agent: { id: other.id } } });
    await say(onlooker, 'now I may');
    await socket.next('message', (frame) => frame.message.text === 'now I may');
  });

  test('a ticket of somebody else’s does not make them the visitor', async () => {
    const { id } = await openConversation();
    const stranger = await enter(id, visitor());
    expect(await stranger.end()).toBe(CLOSE.forbidden);
  });

  test('once closed nobody does; what was acked before it stays, a resend is still acked', async () => {
    const { id, visitor, agent, room } = await activeConversation();
    const [socket, helper] = [await join(id, visitor), await join(id, agent)];
    const before = await say(socket, 'before');
    await room.closeConversation(id, agent);
    socket.send(text('after'));
    expect(await socket.next('error')).toMatchObject({ code: 'closed' });
    helper.send(text('after'));
    expect(await helper.next('error')).toMatchObject({ code: 'closed' });
    expect(await say(socket, 'before', before.id)).toEqual(before);
    await flushed(id);
    expect((await inRoom(id)).filter((words) => words === 'after')).toEqual([]);
  });

  test('close against send: whichever the room takes first, an ack and a row are the same thing', async () => {
    const { id, visitor, agent, room } = await activeConversation();
    const socket = await join(id, visitor);
    const frames = Array.from({ length: 6 }, (_, index) => text(`racing ${index}`));
    const closing = frames.map((frame, index) => {
      socket.send(frame);
      return index === 3 ? room.closeConversation(id, agent) : null;
    });
    await Promise.all(closing);
    await vi.waitFor(() => expect(socket.all('ack').length + socket.all('error').length).toBe(6));
    const acked = socket.all('ack').map((ack) => ack.id);
    expect(
      (await logOf(room)).filter((row) => row.sender_role === 'visitor').map((row) => row.client_id),
    ).toEqual(acked);
    for (const refused of socket.all('error')) expect(refused.code).toBe('closed');
    await flushed(id);
  });
});

describe('what the system says', () => {
  const events = async (id: string) =>
    (await inRoomRows(id)).flatMap((row) =>
      row.event === null ? [] : [JSON.parse(row.event).key as string],
    );

  test('stands in the log once, however often a call is repeated', async () => {
    const visitorOf = await openConversation('first');
    const { id, room, visitor } = visitorOf;
    const helper = await newAgent({ name: 'Support One' });
    const assigned = { id: helper.id, name: 'Support One', avatarUrl: null };
    await openConversation('ignored', visitor);
    await room.accept(id, assigned);
    await room.accept(id, assigned);
    await Promise.all([room.closeConversation(id, visitor), room.closeConversation(id, helper)]);
    await room.closeConversation(id, visitor);
    expect(await events(id)).toEqual(['queued', 'joined', 'closed']);
    await flushed(id);
  });

  test('a retry of the call that made the conversation gets the same ack', async () => {
    const { id, room, visitor } = await openConversation();
    const firstMessage = { id: crypto.randomUUID(), text: 'hello' };
    const row = { id } as Parameters<typeof room.open>[0]['row'];
    const opening = { row, created: false, visitor, firstMessage };
    const [first, second] = [await room.open(opening), await room.open(opening)];
    expect(first).toMatchObject({ ok: true, ack: { id: firstMessage.id } });
    expect(second).toEqual(first);
    expect((await inRoom(id)).filter((words) => words === 'hello')).toHaveLength(1);
  });

  test('is written by nobody else: a visitor cannot sign as the system', async () => {
    const { id, visitor } = await openConversation();
    const socket = await join(id, visitor);
    socket.raw(JSON.stringify({ ...text('x'), kind: 'system', event: { key: 'closed', params: {} } }));
    expect(await socket.next('error')).toMatchObject({ code: 'invalid' });
  });

  test('reopening asks Postgres first, and is refused while the visitor has another open', async () => {
    const { id, room, visitor } = await openConversation();
    await room.closeConversation(id, visitor);
    await flushed(id);
    const other = await openConversation('a new one', visitor);
    expect(other.id).not.toBe(id);
    expect(await room.reopen(id)).toEqual({ ok: false, code: 'conflict', openId: other.id });
    await other.room.closeConversation(other.id, visitor);
    await flushed(other.id);
    expect(await room.reopen(id)).toMatchObject({
      ok: true,
      conversation: { status: 'waiting', agent: null },
    });
    await flushed(id);
    const [row] = await database()`select status from public.conversations where id = ${id}`;
    expect(row?.status).toBe('waiting');
  });
});

test('a burst of both sides at once is in the same order for everybody, and in Postgres', async () => {
  const { id, visitor, agent, room } = await activeConversation();
  const [socket, helper, onlooker] = [
    await join(id, visitor),
    await join(id, agent),
    await join(id, await newAgent()),
  ];
  for (let n = 0; n < 10; n++) {
    socket.send(text(`v${n}`));
    helper.send(text(`a${n}`));
  }
  await vi.waitFor(() => expect(onlooker.all('message')).toHaveLength(20));
  const log = (await logOf(room)).filter((row) => row.event === null);
  expect(onlooker.all('message').map((frame) => frame.message.seq)).toEqual(log.map(({ seq }) => seq));
  for (const side of ['v', 'a']) {
    const own = log.filter((row) => row.text?.startsWith(side)).map((row) => row.text);
    expect(own).toEqual(Array.from({ length: 10 }, (_, n) => `${side}${n}`));
  }
  await flushed(id);
});

async function inRoomRows(id: string) {
  return logOf(roomOf(env, id));
}

async function inRoom(id: string): Promise<(string | null)[]> {
  return (await inRoomRows(id)).map((row) => row.text);
}

test('the log is SQLite’s own: one row a client id, whoever asks', async () => {
  const { room, visitor, id } = await openConversation('first');
  const [first] = await inRoomRows(id);
  await expect(
    runInDurableObject(room, (_, { storage }) =>
      storage.sql.exec(
        `insert into log select seq + 100, id, sender_id, sender_role, sender_name, client_id, kind, text, event, at
         from log where client_id = ? and sender_id = ?`,
        first?.client_id ?? '',
        visitor.id,
      ),
    ),
  ).rejects.toThrow(/unique/i);
});
