import type { Fault } from '../harness/play.ts';
import type { Random } from '../harness/random.ts';
import type { Room } from '../harness/stage.ts';
import { QUICK } from '../harness/tab.ts';
import { startTraffic } from '../harness/traffic.ts';
import { sleep, until } from '../harness/until.ts';

/**
 * A line that drops and delays, says whole connections again, lets a late one arrive after its successor, and goes
 * silent: half-open, which nobody is told. A client must notice the last by its ping.
 */
export const badLines: Fault = {
  number: 12,
  title: 'lines that drop, delay, repeat, reorder and fall silent',
  async play({ stage: set, length, random, promise }) {
    const full = length === 'full';
    const stage = await set({
      rooms: full ? 20 : 6,
      visitorTabs: 2,
      lines: true,
      timing: { connect: 4_000 },
    });
    const traffic = startTraffic(stage, { messages: full ? 12_000 : 450, pace: full ? 80 : 60 });
    const mischief = async (room: Room) => {
      const decide = random.fork(`line ${room.name}`);
      while (traffic.share < 0.97) await misbehave(room, decide);
    };
    await Promise.all([...stage.rooms.map(mischief), traffic.done]);

    // With nothing to send, only a ping can tell that the line is dead.
    await until('everybody to have said everything', () =>
      stage.tabs.every((tab) => tab.snapshot().pending.length === 0),
    );
    const began = performance.now();
    for (const { line } of stage.rooms) if (line) line.manners.silent = true;
    await until('everybody to notice the silence', () =>
      stage.tabs.every((tab) => tab.snapshot().connection !== 'online'),
    );
    const noticed = performance.now() - began;
    for (const { line } of stage.rooms) if (line) line.manners.silent = false;
    // Twice, since the timers of a busy machine are late.
    promise(
      `a half-open line is noticed within ping and pong (took ${Math.round(noticed)} ms)`,
      noticed < 2 * (QUICK.ping + QUICK.pong),
    );
  },
};

async function misbehave({ line }: Room, decide: Random): Promise<void> {
  if (!line) return;
  const { manners } = line;
  await sleep(decide.int(50, 400));
  switch (decide.int(0, 5)) {
    case 0:
      line.cut();
      break;
    case 1:
      manners.latency = decide.int(20, 200);
      break;
    case 2:
      await line.replay();
      break;
    case 3: {
      // What is under way arrives after the connection that follows it.
      manners.latency = decide.int(150, 400);
      await sleep(50);
      line.abandon();
      manners.latency = 0;
      break;
    }
    case 4:
      manners.silent = true;
      await sleep(decide.int(100, 1_500));
      manners.silent = false;
      line.cut();
      break;
    default:
      manners.closed = true;
      line.cut();
      await sleep(decide.int(50, 500));
      manners.closed = false;
  }
  if (decide.chance(0.5)) manners.latency = 0;
}
