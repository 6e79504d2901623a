import type { Fault } from '../harness/play.ts';
import { quiet } from '../harness/quiet.ts';
import { startTraffic } from '../harness/traffic.ts';
import { sleep, until } from '../harness/until.ts';

/** Alarms that come twice at once, that meet a database which throws, and that never come. */
export const badAlarms: Fault = {
  number: 9,
  title: 'alarms lost, doubled, throwing inside',
  limits: { backoffMaxMs: 700 },
  async play({ world, stage: set, length, random, promise }) {
    const full = length === 'full';
    const stage = await set({ rooms: full ? 20 : 6 });
    const rooms = stage.rooms.map(({ conversationId }) => conversationId);
    const traffic = startTraffic(stage, { messages: full ? 5_000 : 400, pace: full ? 150 : 80 });
    const trouble = rooms.map(async (room) => {
      const decide = random.fork(`alarms ${room}`);
      while (traffic.share < 1) {
        // The lane fails, so the alarm is all that is left; and then the alarm fails.
        await world.order({ do: 'lane', room, times: decide.int(1, 3) });
        await world.order({ do: 'alarm', room, fails: decide.pick(['doubled', 'throws', 'lost']), times: 1 });
        await sleep(decide.int(200, 900));
      }
    });
    await Promise.all([traffic.done, ...trouble]);
    for (const room of rooms) await world.order({ do: 'calm', room });
    // Whatever was lost: the next thing that is said brings it along.
    for (const { tabs } of stage.rooms) tabs[0]?.write();
    await quiet(stage);

    // Nobody says anything any more, the lane fails time and again, the alarms meet a broken database: still they come.
    const fails = random.fork('silence').pick(['doubled', 'throws'] as const);
    for (const room of rooms) {
      await world.order({ do: 'lane', room, times: 3 });
      await world.order({ do: 'alarm', room, fails, times: 2 });
    }
    for (const { tabs } of stage.rooms) tabs[0]?.write();
    await quiet(stage);

    // An alarm that never comes leaves the room behind; its next wake sets it right.
    const failures = () =>
      Promise.all(rooms.map((room) => world.order({ do: 'look', room }).then(({ happened }) => happened)));
    const before = await failures();
    for (const room of rooms) {
      await world.order({ do: 'lane', room, times: 1 });
      await world.order({ do: 'alarm', room, fails: 'lost', times: 1 });
    }
    for (const { tabs } of stage.rooms) tabs[0]?.write();
    await until('a flush to fail and its alarm to be lost', async () =>
      (await failures()).every((happened, index) => happened >= (before[index] ?? 0) + 2),
    );
    for (const room of rooms) await world.order({ do: 'evict', room, webSockets: 'hibernate' });
    for (const { tabs } of stage.rooms) tabs[1]?.reload();
    const happened = (await failures()).reduce((sum, count) => sum + count, 0);
    promise(`alarms failed (${happened} failures)`, happened >= rooms.length * 5);
  },
};
