import { openPostgresLine } from '../harness/postgres-line.ts';
import { atLeast, atMost, compare, type Metric } from '../harness/report.ts';
import { interleave } from '../harness/rounds.ts';
import type { Stage } from '../harness/stage.ts';
import { median, p99 } from '../harness/stats.ts';
import { writtenThrough } from './many-rooms.ts';
import { type Bench, by, type Length, roundsOf } from './metric.ts';
import { closePairs, eachOf, openOursIn, openOursUnfed, openTheirs, type Pair } from './pairs.ts';

const ROUND_TRIPS = [
  { ms: 0, target: 0.8 },
  { ms: 20, target: 0.06 },
  { ms: 40, target: 0.03 },
];

/** Delivery against database first, where Postgres is so far away. Both speak to it through the same line. */
export const deliverDatabase: readonly Bench[] = ROUND_TRIPS.map(({ ms, target }) => ({
  id: `deliver-db-${ms}`,
  run: (stage, length) => overDistance(stage, length, ms, target),
}));

/** Both of them behind one line to Postgres, which is made longer and longer. */
function distant(stage: Stage) {
  return stage.once('distant', async () => {
    const line = await openPostgresLine(stage.backend.databaseUrl);
    const us = await stage.another({ databaseUrl: line.url });
    const rival = await stage.inNode('database-first', line.url);
    return { line, us, ours: await openOursIn(stage, us.rooms), theirs: await openTheirs(stage, rival) };
  });
}

async function overDistance(stage: Stage, length: Length, ms: number, target: number): Promise<Metric[]> {
  const { load, medium } = stage;
  const { line, us, ours, theirs } = await distant(stage);
  line.roundTripMs = ms;
  const talk = async ([pair]: Pair[], count: number) => {
    const { delivered } = await load.do('oneByOne', { ...(pair as Pair), count });
    return { p50: median(delivered), p99: p99(delivered) };
  };
  await talk(ours, by(length.time, 300, 60, 5));
  await talk(theirs, by(length.time, 50, 10, 5));
  const many = ms === 0 ? by(length.time, 500, 80, 10) : by(length.time, 40, 5, 3);
  const figures = await interleave(roundsOf(length), {
    ours: () => talk(ours, by(length.time, 500, 80, 10)),
    theirs: () => talk(theirs, many),
  });
  await writtenThrough(stage, us);
  return [
    compare({
      id: `deliver-db-${ms}`,
      what: `one at a time, send → other side, p50, Postgres ${ms} ms away`,
      unit: 'ms',
      medium,
      ours: figures.ours.p50,
      other: { 'database first': figures.theirs.p50 },
      target: atMost(target),
    }),
  ];
}

/** A message after silence, against a reader of the replication slot that has gone to sleep. */
export const sparse: Bench = {
  id: 'sparse',
  async run(stage, length) {
    const { load, medium } = stage;
    const ours = await openOursIn(stage, (await stage.ours()).rooms);
    const rival = await stage.inNode('slot-poller');
    const theirs = await openTheirs(stage, rival);
    const talk = async ([pair]: Pair[], count: number) => {
      const { delivered } = await load.do('oneByOne', { ...(pair as Pair), count, gapMs: [200, 320] });
      return { p50: median(delivered), p99: p99(delivered) };
    };
    await talk(ours, 2);
    await talk(theirs, 2);
    const count = by(length.time, 6, 2, 2);
    const figures = await interleave(roundsOf(length), {
      ours: () => talk(ours, count),
      theirs: () => talk(theirs, count),
    });
    await closePairs(stage, [...ours, ...theirs]);
    await rival.stop();
    return [
      compare({
        id: 'sparse',
        what: 'a message after 200–320 ms of silence, send → other side, p50',
        unit: 'ms',
        medium,
        ours: figures.ours.p50,
        other: { 'slot poller': figures.theirs.p50 },
        target: atMost(0.05),
      }),
    ];
  },
};

/** Against Socket.IO with an awaited insert, the way most people would begin. */
export const socketio: Bench = {
  id: 'socketio',
  async run(stage, length) {
    const { load, medium } = stage;
    const us = await stage.ours();
    const ours = await openOursIn(stage, us.rooms);
    const rival = await stage.inNode('socketio');
    const theirs = await openTheirs(stage, rival);
    const talk = async ([pair]: Pair[]) => {
      const { delivered } = await load.do('oneByOne', {
        ...(pair as Pair),
        count: by(length.time, 800, 120, 10),
      });
      return { p50: median(delivered), p99: p99(delivered) };
    };
    const flood = async (pairs: Pair[]) => {
      const ms = by(length.time, 1_000, 250, 100);
      const senders = pairs.map(({ from }) => from);
      const { perSecond } = await load.do('flood', { senders, inFlight: 32, ms, warmUpMs: ms / 5 });
      if (pairs === ours) await writtenThrough(stage, us);
      return { perSecond };
    };
    for (const pairs of [ours, theirs]) {
      await talk(pairs);
      await flood(pairs);
    }
    const unfed = await openOursUnfed(stage, length);
    const speakers = { ours, 'socket.io': theirs, ...unfed };
    for (const pairs of Object.values(unfed)) await talk(pairs);
    const { ours: spoken, ...others } = await interleave(roundsOf(length, 9), eachOf(speakers, talk));
    const flooded = await interleave(roundsOf(length), {
      ours: () => flood(ours),
      theirs: () => flood(theirs),
    });
    await closePairs(stage, [...ours, ...theirs]);
    await rival.stop();
    const line = (
      id: string,
      what: string,
      unit: string,
      figures: { ours: number[]; other: Record<string, number[]> },
      target: ReturnType<typeof atMost>,
    ) =>
      compare({
        id: `socketio.${id}`,
        what,
        unit,
        medium,
        ...figures,
        target,
      });
    const of = (figure: 'p50' | 'p99') => ({
      ours: spoken[figure],
      other: Object.fromEntries(Object.entries(others).map(([name, figures]) => [name, figures[figure]])),
    });
    const rate = { ours: flooded.ours.perSecond, other: { 'socket.io': flooded.theirs.perSecond } };
    return [
      line('p50', 'one at a time, send → other side, p50', 'ms', of('p50'), atMost(0.8)),
      line('p99', 'one at a time, send → other side, p99', 'ms', of('p99'), atMost(0.6)),
      line('rate', 'one room, 32 in flight: messages acked', 'msg/s', rate, atLeast(1)),
    ];
  },
};
