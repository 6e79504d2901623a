import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { catchUpRooms } from '../cron/catch-up.ts';
import { laneOf } from '../objects.ts';
import { alarmsOf, away, fireAlarm, quietLog, restoreStores, withIngest } from '../testing/faults.ts';
import { activeConversation, flushed, inPostgres, lobby, marksOf, told } from '../testing/room.ts';
import { join, say } from '../testing/sockets.ts';
import { AlarmScheduler } from './alarm-scheduler.ts';
import { AuditTrail } from './audit-trail.ts';
import { Lobby } from './lobby.ts';
import { LobbyLink } from './lobby-link.ts';
import { MessageLog } from './message-log.ts';

let log: ReturnType<typeof quietLog>;
beforeEach(() => {
  log = quietLog();
});
afterEach(async () => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  await restoreStores();
});

type Conversation = Awaited<ReturnType<typeof activeConversation>>;

/** A conversation that Postgres has, and a visitor in it. */
async function settled() {
  const conversation = await activeConversation();
  const socket = await join(conversation.id, conversation.visitor);
  await flushed(conversation.id);
  return { ...conversation, socket };
}

/** Timers of the flush never fire, as if the room had been evicted before. */
function withoutFlushTimers(): void {
  const real = globalThis.setTimeout;
  vi.stubGlobal('setTimeout', (run: () => void, ms?: number) => (ms === 100 ? 0 : real(run, ms)));
}

const alarmOf = (object: DurableObjectStub) =>
  runInDurableObject(object, (_, { storage }) => storage.getAlarm());

/** Waits until a try has failed, and says how many have: on a busy machine the alarm may have tried again. */
async function failed({ room }: Conversation): Promise<number> {
  return vi.waitFor(
    async () => {
      const { attempt } = await marksOf(room);
      expect(attempt).toBeGreaterThan(0);
      return attempt;
    },
    { interval: 20, timeout: 10_000 },
  );
}

describe('between commit and flush', () => {
  test('what the timer did not write, the alarm does: it is armed with the row', async () => {
    const { id, room, socket } = await settled();
    withoutFlushTimers();
    const { seq } = await say(socket, 'unflushed');
    expect((await marksOf(room)).flushedSeq).toBe(seq - 1);
    expect(await alarmOf(room)).not.toBeNull();
    await evictDurableObject(room);
    expect(await fireAlarm(room)).toBe(true);
    await flushed(id);
  });

  test('an alarm that was lost is armed again when the room wakes', async () => {
    const { id, room, socket } = await settled();
    withoutFlushTimers();
    await say(socket, 'unflushed');
    await runInDurableObject(room, async (_, { storage }) => {
      storage.sql.exec('delete from alarms');
      await storage.deleteAlarm();
    });
    await evictDurableObject(room);
    expect(await alarmOf(room)).toBeGreaterThan(Date.now() - 5_000);
    expect(Object.keys(await alarmsOf(room))).toContain('flush');
    await fireAlarm(room);
    await flushed(id);
  });

  test('an alarm that was lost is armed again by the next thing that is written', async () => {
    const room = env.CONVERSATION_ROOM.getByName(crypto.randomUUID());
    await runInDurableObject(room, async (_, { storage }) => {
      let now = Date.now() + 60_000;
      const alarms = new AlarmScheduler(storage, undefined, () => now);
      alarms.ensure('flush', now + 2_000);
      const armed = await storage.getAlarm();
      alarms.ensure('flush', now + 3_000);
      expect(await storage.getAlarm()).toBe(armed);
      now += 2_001;
      await storage.deleteAlarm();
      alarms.ensure('flush', now + 2_000);
      await vi.waitFor(async () => expect(await storage.getAlarm()).toBe(armed));
      await storage.deleteAlarm();
      alarms.clearAll();
    });
  });

  test('what fell due while something else was at work is done at once, not put off', async () => {
    const room = env.CONVERSATION_ROOM.getByName(crypto.randomUUID());
    await runInDurableObject(room, async (_, { storage }) => {
      let now = Date.now() + 60_000;
      const alarms = new AlarmScheduler(storage, undefined, () => now);
      alarms.set('flush', now + 100);
      const armed = await storage.getAlarm();
      now += 150;
      alarms.keep('flush', now + 1_000);
      expect(await storage.getAlarm()).toBe(armed);
      expect(alarms.takeDue()).toEqual(['flush']);
      await storage.deleteAlarm();
    });
  });

  test('an audit log that does not answer holds up nothing that Postgres lacks', async () => {
    const { id, room, socket } = await settled();
    withoutFlushTimers();
    await say(socket, 'unflushed');
    const { promise, resolve } = Promise.withResolvers<void>();
    vi.spyOn(AuditTrail.prototype, 'deliver').mockReturnValue(promise);
    await runInDurableObject(room, (_, { storage }) => {
      storage.sql.exec("insert or replace into alarms (name, at) values ('audit', 1)");
    });
    const alarm = fireAlarm(room);
    await flushed(id);
    resolve();
    expect(await alarm).toBe(true);
  });

  test('an alarm that is cut off stays due: it is struck off at its end, with what Postgres and the lobby have', async () => {
    const { id, room, socket } = await settled();
    await told(id);
    withoutFlushTimers();
    vi.spyOn(LobbyLink.prototype, 'changed').mockReturnValue();
    const { promise, resolve } = Promise.withResolvers<void>();
    const update = vi.spyOn(Lobby.prototype, 'update').mockReturnValue(promise);
    const { seq } = await say(socket, 'unflushed');
    const alarm = fireAlarm(room);
    await vi.waitFor(async () => expect(await inPostgres(id)).toHaveLength(seq), { timeout: 10_000 });
    // The lobby was not what it was set for. Rooms of earlier tests may still be telling it theirs.
    const ofThisRoom = () => update.mock.calls.filter(([summary]) => summary.id === id);
    await vi.waitFor(() => expect(ofThisRoom()).toHaveLength(1));
    expect(await alarmsOf(room)).toHaveProperty('flush');
    resolve();
    expect(await alarm).toBe(true);
    expect(await alarmsOf(room)).toEqual({});
    expect(await alarmOf(room)).toBeNull();
    expect(await marksOf(room)).toMatchObject({ flushedSeq: seq, lobbySeq: seq });
  });

  test('a list that remembers what the runtime has dropped does not keep it from being armed', async () => {
    const { id, room, socket } = await settled();
    withoutFlushTimers();
    await say(socket, 'unflushed');
    await runInDurableObject(room, async (_, { storage }) => {
      storage.sql.exec('update alarms set at = 1');
      await storage.deleteAlarm();
    });
    await evictDurableObject(room);
    expect(await alarmOf(room)).not.toBeNull();
    await fireAlarm(room);
    await flushed(id);
  });

  test('an alarm that comes twice, or for nothing, changes nothing', async () => {
    const { id, room, socket } = await settled();
    await say(socket, 'hello');
    await flushed(id);
    const before = await inPostgres(id);
    await fireAlarm(room);
    await fireAlarm(room);
    expect(await inPostgres(id)).toEqual(before);
    expect(await alarmsOf(room)).toEqual({});
  });
});

describe('while Postgres is away', () => {
  test('messages are acked and delivered all the same', async () => {
    const conversation = await settled();
    const helper = await join(conversation.id, conversation.agent);
    await withIngest(conversation.id, away);
    await say(conversation.socket, 'one');
    await failed(conversation);
    await say(conversation.socket, 'two');
    await helper.next('message', (frame) => frame.message.text === 'two');
    expect((await join(conversation.id, conversation.visitor)).all('welcome')[0]?.messages.at(-1)?.text).toBe(
      'two',
    );
  });

  test('the wait grows from a second to a minute, survives sleep, and nobody who writes shortens it', async () => {
    const conversation = await settled();
    const { id, room, socket } = conversation;
    await withIngest(id, away);
    await say(socket, 'one');
    for (let attempt = await failed(conversation); attempt < 8; ) {
      const before = attempt;
      await fireAlarm(room);
      attempt = (await marksOf(room)).attempt;
      expect(attempt).toBeGreaterThan(before);
      const ceiling = Math.min(60_000, 1_000 * 2 ** (attempt - 1));
      const wait = ((await alarmsOf(room)).flush ?? 0) - Date.now();
      expect(wait).toBeLessThanOrEqual(ceiling);
      // Half of it is jitter; a second has passed since at most.
      expect(wait).toBeGreaterThan(ceiling / 2 - 1_000);
      expect(await alarmOf(room)).not.toBeNull();
    }
    const due = (await alarmsOf(room)).flush;
    await evictDurableObject(room);
    await say(socket, 'two');
    expect((await alarmsOf(room)).flush).toBe(due);
    expect((await marksOf(room)).attempt).toBeGreaterThanOrEqual(8);
  });

  test('when it is back everything is written, once and in order, and the wait is forgotten', async () => {
    const conversation = await settled();
    const { id, room, socket } = conversation;
    await withIngest(id, away);
    for (let n = 1; n <= 5; n++) await say(socket, `message ${n}`);
    await failed(conversation);
    await fireAlarm(room);
    await evictDurableObject(laneOf(env, id));
    await fireAlarm(room);
    await flushed(id);
    expect((await marksOf(room)).attempt).toBe(0);
    expect(await alarmsOf(room)).toEqual({});
  });

  test.each<[string, () => Promise<unknown>]>([
    ['says so', away],
    ['throws', () => Promise.reject(new Error('secret words'))],
    ['answers for nobody', async () => ({ ok: true, outcomes: [] })],
  ])(
    'the alarm never throws when the Store %s, and no one’s words get into the log',
    async (_, ingestMany) => {
      const conversation = await settled();
      await withIngest(conversation.id, ingestMany);
      await say(conversation.socket, 'secret words');
      const before = await failed(conversation);
      expect(await fireAlarm(conversation.room)).toBe(true);
      expect((await marksOf(conversation.room)).attempt).toBeGreaterThan(before);
      expect(log.text()).toContain('room_flush_failed');
      expect(log.text()).not.toContain('secret');
    },
  );

  test('the lobby hears who is behind and since when, and that they caught up', async () => {
    const conversation = await settled();
    const { id, room, socket } = conversation;
    // The file's other rooms may be behind, too.
    const isBehind = async () => (await lobby().longestBehind(1_000)).includes(id);
    await withIngest(id, away);
    const clock = vi.spyOn(Date, 'now').mockReturnValue(Date.now());
    await say(socket, 'late');
    await failed(conversation);
    expect(await isBehind()).toBe(false);
    clock.mockRestore();
    await runInDurableObject(room, (_, { storage }) =>
      storage.sql.exec('update log set at = at - 10000').toArray(),
    );
    await fireAlarm(room);
    expect(await isBehind()).toBe(true);
    expect((await lobby().behind()).rooms).toBeGreaterThanOrEqual(1);
    expect((await lobby().behind()).oldestSeconds).toBeGreaterThanOrEqual(10);

    await evictDurableObject(laneOf(env, id));
    await runInDurableObject(room, (_, { storage }) =>
      storage.sql.exec('update log set at = at + 10000').toArray(),
    );
    expect(await catchUpRooms(env)).toBeGreaterThanOrEqual(1);
    expect(await isBehind()).toBe(false);
    await flushed(id);
  });
});

describe('what breaks inside', () => {
  test('an alarm does not throw, and is armed again', async () => {
    const { id, room, socket } = await settled();
    withoutFlushTimers();
    await say(socket, 'unflushed');
    const after = vi.spyOn(MessageLog.prototype, 'partAfter').mockImplementation(() => {
      throw new Error('secret words');
    });
    expect(await fireAlarm(room)).toBe(true);
    expect(after).toHaveBeenCalled();
    expect(await alarmOf(room)).not.toBeNull();
    expect(log.text()).not.toContain('secret');
    after.mockRestore();
    await fireAlarm(room);
    await flushed(id);
  });

  test('a timer’s flush breaks nothing else: the alarm makes up for it', async () => {
    const { id, room, socket } = await settled();
    const after = vi.spyOn(MessageLog.prototype, 'partAfter').mockImplementation(() => {
      throw new Error('broken');
    });
    await say(socket, 'unflushed');
    await vi.waitFor(() => expect(after).toHaveBeenCalled());
    after.mockRestore();
    await fireAlarm(room);
    await flushed(id);
  });

  test('a lobby that does not answer is told by alarm', async () => {
    const { id, room, socket } = await settled();
    await told(id);
    const update = vi.spyOn(Lobby.prototype, 'update').mockRejectedValue(new Error('reset'));
    const { seq } = await say(socket, 'hello');
    await vi.waitFor(async () => expect(await alarmsOf(room)).toHaveProperty('lobby'), { timeout: 10_000 });
    update.mockRestore();
    await fireAlarm(room);
    await told(id);
    expect((await marksOf(room)).lobbySeq).toBe(seq);
    await flushed(id);
  });
});
