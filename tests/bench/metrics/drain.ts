import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { openPostgresLine } from '../harness/postgres-line.ts';
import { atLeast, atMost, compare, type Metric } from '../harness/report.ts';
import type { OurWorker, Stage } from '../harness/stage.ts';
import { messagesIn, writtenThrough } from './many-rooms.ts';
import { type Bench, by, type Length, roundsOf } from './metric.ts';
import { closePairs, openOursIn } from './pairs.ts';

const roomsOf = ({ scene }: Length) => by(scene, 50, 20, 5);

/** What writing through costs Postgres, how fast it goes, and what people notice of it when Postgres is away. */
export const drain: Bench = {
  id: 'drain',
  run: async (stage, length) => [
    ...(await statements(stage, length)),
    await rate(stage, length),
    ...(await outage(stage, length)),
  ],
};

async function statements(stage: Stage, length: Length): Promise<Metric[]> {
  const { load, medium } = stage;
  const metrics: Metric[] = [];
  const line = await openPostgresLine(stage.backend.databaseUrl);
  const us = await stage.another({ databaseUrl: line.url });
  const pairs = await openOursIn(stage, us.rooms, roomsOf(length));
  const all = pairs.map(({ from }) => from);
  for (const { id, senders, inFlight } of [
    { id: 'hot-room', senders: all.slice(0, 1), inFlight: 32 },
    { id: 'fifty-rooms', senders: all, inFlight: 8 },
  ]) {
    const ms = by(length.scene, 1_000, 1_000, 200);
    const each: number[] = [];
    await load.do('flood', { senders, inFlight, ms: ms / 2, warmUpMs: 0 });
    await writtenThrough(stage, us);
    for (let round = 0; round < by(length.scene, 5, 1, 1); round++) {
      const [before, held] = [line.statements(), await messagesIn(stage.sql, us)];
      await load.do('flood', { senders, inFlight, ms, warmUpMs: 0 });
      await writtenThrough(stage, us);
      each.push((line.statements() - before) / ((await messagesIn(stage.sql, us)) - held));
    }
    metrics.push(
      compare({
        id: `drain.statements-${id}`,
        what: `statements a message under ${id}, BEGIN and COMMIT counted`,
        unit: 'statements',
        medium,
        ours: each,
        target: atMost(0.02, 'ours'),
      }),
    );
  }
  await closePairs(stage, pairs);
  await us.worker.stop();
  await line.stop();
  return metrics;
}

/** A backlog written after Postgres was away, against inserts of one row each. */
async function rate(stage: Stage, length: Length): Promise<Metric> {
  const { load, medium, sql } = stage;
  // Short back-offs: it is the writing that is measured, not the waiting.
  const us = await stage.another({ limits: { backoffMaxMs: 100 } });
  const pairs = await openOursIn(stage, us.rooms, roomsOf(length));
  const senders = pairs.map(({ from }) => from);
  const rounds = { ours: [] as number[], single: [] as number[], pooled: [] as number[] };
  for (let round = 0; round < roundsOf(length); round++) {
    const held = await messagesIn(sql, us);
    await stage.backend.postgres.stop();
    await load.do('flood', { senders, inFlight: 8, ms: by(length.time, 2_000, 400, 300), warmUpMs: 0 });
    await stage.backend.postgres.restart();
    rounds.ours.push(await landing(stage, us, held));
    rounds.single.push(await inserts(stage, 1, by(length.time, 1_000, 200, 100)));
    rounds.pooled.push(await inserts(stage, 10, by(length.time, 1_000, 200, 100)));
  }
  await closePairs(stage, pairs);
  await us.worker.stop();
  return compare({
    id: 'drain.rate',
    what: `rows a second into Postgres, a backlog of ${pairs.length} rooms`,
    unit: 'rows/s',
    medium,
    ours: rounds.ours,
    other: { 'single inserts': rounds.single, 'single inserts, ten connections': rounds.pooled },
    target: atLeast(10),
  });
}

/** Rows a second from the first that lands until nothing is left. */
async function landing(stage: Stage, us: OurWorker, held: number): Promise<number> {
  let first: { at: number; n: number } | null = null;
  let last = { at: 0, n: held };
  for (let quiet = 0; quiet < 20; ) {
    const n = await messagesIn(stage.sql, us);
    const at = performance.now();
    if (n > last.n) {
      first ??= { at: last.at || at, n: last.n };
      last = { at, n };
      quiet = 0;
    } else {
      if (!first) last.at = at;
      quiet += first ? 1 : 0;
    }
    await sleep(15);
  }
  return first ? (last.n - first.n) / ((last.at - first.at) / 1000) : Number.NaN;
}

async function inserts(stage: Stage, connections: number, ms: number): Promise<number> {
  const sql = postgres(stage.backend.databaseUrl, { max: connections, fetch_types: false });
  await Promise.all(Array.from({ length: connections }, () => sql`select 1`));
  const ends = performance.now() + ms;
  let rows = 0;
  const insert = async () => {
    while (performance.now() < ends) {
      await sql`insert into bench.messages (id, room, kind, content)
        values (${randomUUID()}, 'inserts', 'text', 'How many days should I plan for the implants?')`;
      rows++;
    }
  };
  await Promise.all(Array.from({ length: connections }, insert));
  await sql.end();
  return rows / (ms / 1000);
}

/**
 * 500 messages a second while Postgres is away: what the senders see, and when it has everything again. The p99 is taken
 * lap by lap, of a second or two: over half a minute the disk's two or three worst moments would be all it says.
 */
async function outage(stage: Stage, length: Length): Promise<Metric[]> {
  const { load, medium, backend } = stage;
  const laps = by(length.scene, 15, 5, 2);
  const lapMs = by(length.scene, 2_000, 600, 250);
  const seconds = (laps * lapMs) / 1_000;
  const p99s = async (ms: number) => {
    const each: number[] = [];
    for (let lap = 0; lap < laps; lap++) {
      await sleep(ms);
      each.push((await load.do('lap', null)).p99);
    }
    return each;
  };
  // A short outage is not to be followed by the long back-off of a long one.
  const us = await stage.another({
    limits: by(length.scene, {}, { backoffMaxMs: 1_000 }, { backoffMaxMs: 200 }),
  });
  const pairs = await openOursIn(stage, us.rooms, roomsOf(length));
  await load.do('pace', {
    senders: pairs.map(({ from }) => from),
    perSecond: by(length.scene, 500, 500, 50),
  });
  await sleep(by(length.scene, 3_000, 1_000, 100));
  await load.do('lap', null);
  const before = await p99s(lapMs / 2);
  await backend.postgres.stop();
  const during = await p99s(lapMs);
  await backend.postgres.restart();
  const returned = performance.now();
  const { acked, lost } = await load.do('stopPace', null);
  while ((await messagesIn(stage.sql, us)) < acked && performance.now() - returned < 90_000) await sleep(50);
  const cleared = (performance.now() - returned) / 1000;
  const missing = acked - (await messagesIn(stage.sql, us));
  await closePairs(stage, pairs);
  await us.worker.stop();
  return [
    compare({
      id: 'drain.outage-p99',
      what: `ack p99 at 500 msg/s during ${seconds} s without Postgres, median of laps`,
      unit: 'ms',
      medium,
      ours: during,
      other: { before },
      target: atMost(1.25),
      note: `${acked} acked, ${lost} not acked, ${Math.max(0, missing)} missing in Postgres`,
    }),
    compare({
      id: 'drain.backlog',
      what: `backlog of ${seconds} s written after Postgres has returned`,
      unit: 's',
      medium,
      ours: [cleared],
      target: atMost(60, 'ours'),
    }),
  ];
}
