import type { Fault, Scene } from '../harness/play.ts';
import { quiet } from '../harness/quiet.ts';
import { startTraffic } from '../harness/traffic.ts';

/** The object is reset after a row went into the log and before anybody was told. */
export const resetAfterInsert: Fault = {
  number: 10,
  title: 'the object reset between insert and ack',
  play: (scene) => sabotageInserts(scene, ['reset']),
};

/** What the room does after an insert throws; or the insert itself does, and must never have been acked. */
export const throwsAfterInsert: Fault = {
  number: 11,
  title: 'a handler that throws after the insert, or at it',
  play: (scene) => sabotageInserts(scene, ['after', 'later', 'before']),
};

async function sabotageInserts(
  { world, stage: set, length, random, promise }: Scene,
  kinds: readonly ('before' | 'after' | 'later' | 'reset')[],
): Promise<void> {
  const full = length === 'full';
  const stage = await set({ rooms: full ? 20 : 6, visitorTabs: 2 });
  const traffic = startTraffic(stage, { messages: full ? 5_000 : 400, pace: full ? 120 : 80 });
  const happened = await Promise.all(
    stage.rooms.map(async ({ name, conversationId: room }) => {
      const decide = random.fork(`inserts ${name}`);
      for (let round = 1; round <= (full ? 8 : 3); round++) {
        await traffic.reached(round / (full ? 10 : 5));
        await world.order({
          do: 'insert',
          room,
          fails: decide.pick(kinds),
          times: decide.int(1, 3),
          every: decide.int(1, 4),
        });
      }
      await traffic.done;
      return (await world.order({ do: 'calm', room })).happened;
    }),
  );
  const failures = happened.reduce((sum, count) => sum + count, 0);
  promise(`inserts failed (${failures})`, failures >= stage.rooms.length * 2);

  // One more goes wrong, and nothing that follows would show anybody what they missed.
  await quiet(stage);
  for (const { conversationId: room, tabs } of stage.rooms) {
    await world.order({ do: 'insert', room, fails: kinds[0] ?? 'reset', times: 1, every: 1 });
    tabs[0]?.write();
  }
}
