import { setTimeout as sleep } from 'node:timers/promises';
import { residentKiB } from '../harness/processes.ts';
import { atMost, compare } from '../harness/report.ts';
import type { OurWorker, Stage } from '../harness/stage.ts';
import { type Bench, by, type Length, type Metric, roundsOf } from './metric.ts';
import { openOursIn, type Pair } from './pairs.ts';

export interface Crowd {
  us: OurWorker;
  pairs: Pair[];
  /** KiB a room, just opened, for each fifth of them. */
  memory: number[];
}

/** Many rooms of a Worker of their own, opened once for everything that is measured among them. */
export function crowd(stage: Stage, length: Length): Promise<Crowd> {
  return stage.once('crowd', async () => {
    const fifth = by(length.scene, 200, 20, 2);
    const us = await stage.another();
    await openOursIn(stage, us.rooms, 10);
    const pairs: Pair[] = [];
    const memory: number[] = [];
    for (let round = 0; round < 5; round++) {
      const before = residentKiB(us.worker.pid);
      pairs.push(...(await openOursIn(stage, us.rooms, fifth)));
      memory.push((residentKiB(us.worker.pid) - before) / fifth);
    }
    return { us, pairs, memory };
  });
}

/** A thousand rooms open at once, all with traffic, in one process. */
export const manyRooms: Bench = {
  id: 'rooms',
  async run(stage, length) {
    const { load, medium } = stage;
    const { us, pairs, memory } = await crowd(stage, length);
    const count = pairs.length;
    const perSecond = by(length.scene, 500, 100, 50);
    const held = await messagesIn(stage.sql, us);
    await load.do('pace', { senders: pairs.map(({ from }) => from), perSecond });
    await sleep(by(length.scene, 3_000, 1_000, 100));
    await load.do('lap', null);
    const laps = [];
    for (let lap = 0; lap < roundsOf(length); lap++) {
      await sleep(by(length.scene, 3_000, 600, 200));
      const told = await load.do('lap', null);
      // A lap in which nothing was acked has no p99; what was held up in it shows in the next.
      if (told.acked > 0) laps.push(told);
    }
    const { acked, lost } = await load.do('stopPace', null);
    const missing = await missingInPostgres(stage, us, held + acked);
    const line = (id: string, what: string, unit: string, ours: number[]): Metric =>
      compare({ id, what: `${count} rooms, ${perSecond} msg/s in all: ${what}`, unit, medium, ours });
    return [
      compare({
        id: 'rooms.lost',
        what: `${count} rooms, ${perSecond} msg/s in all: sent and not acked, or acked and not in Postgres`,
        unit: 'messages',
        medium,
        ours: [lost + missing],
        target: atMost(0, 'ours'),
        note: `${acked} acked`,
      }),
      line(
        'rooms.p50',
        'ack p50',
        'ms',
        laps.map(({ p50 }) => p50),
      ),
      line(
        'rooms.p99',
        'ack p99',
        'ms',
        laps.map(({ p99 }) => p99),
      ),
      line('rooms.memory', 'memory a room, two sockets, just opened', 'KiB', memory),
    ];
  },
};

/** How many of so many messages Postgres does not get to hold within half a minute. */
async function missingInPostgres({ sql }: Stage, us: OurWorker, all: number): Promise<number> {
  let missing = all;
  for (let waited = 0; waited < 30_000 && missing > 0; waited += 200) {
    await sleep(200);
    missing = all - (await messagesIn(sql, us));
  }
  return Math.max(0, missing);
}

/** How many messages Postgres holds of a Worker's conversations. */
export async function messagesIn(sql: Stage['sql'], { rooms }: OurWorker): Promise<number> {
  const [row] = await sql<{ n: number }[]>`
    select coalesce(sum(head_seq), 0)::int as n from public.conversations where id = any(${rooms.ids}::uuid[])`;
  return row?.n ?? 0;
}

/** Waits until Postgres gets no more of a Worker's messages: what is still on its way would be in the next one's way. */
export async function writtenThrough({ sql }: Stage, us: OurWorker): Promise<void> {
  for (let held = -1, now = await messagesIn(sql, us); held !== now; ) {
    held = now;
    await sleep(400);
    now = await messagesIn(sql, us);
  }
}
