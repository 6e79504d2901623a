import { atLeast, compare, type Metric } from '../harness/report.ts';
import { interleave } from '../harness/rounds.ts';
import type { Stage } from '../harness/stage.ts';
import { writtenThrough } from './many-rooms.ts';
import { type Bench, by, type Length, roundsOf, type Target } from './metric.ts';
import { closePairs, eachOf, openOurs, openOursUnfed, openTheirs, type Pair } from './pairs.ts';

/** One room, 32 messages in flight. */
export const hotRoom: Bench = {
  id: 'hot-room',
  run: (stage, length) =>
    throughput(stage, length, {
      id: 'hot-room',
      what: 'one room, 32 in flight',
      rooms: 1,
      inFlight: 32,
      against: 'naive room',
      target: atLeast(4),
    }),
};

/** Fifty rooms, 8 messages in flight in each. */
export const fiftyRooms: Bench = {
  id: 'fifty-rooms',
  run: (stage, length) =>
    throughput(stage, length, {
      id: 'fifty-rooms',
      what: '50 rooms × 8 in flight',
      rooms: 50,
      inFlight: 8,
      against: 'relay',
      target: atLeast(0.45),
    }),
};

interface Scene {
  id: string;
  what: string;
  rooms: number;
  inFlight: number;
  against: 'naive room' | 'relay';
  target: Target;
}

async function throughput(stage: Stage, length: Length, scene: Scene): Promise<Metric[]> {
  const { load, medium } = stage;
  const ms = by(length.time, 1_000, 250, 100);
  const pairs = {
    ours: await openOurs(stage, scene.rooms),
    'naive room': await openTheirs(stage, await stage.onWorkerd('naive-room'), scene.rooms),
    relay: await openTheirs(stage, await stage.onWorkerd('relay'), scene.rooms),
  };
  const everybody = { ...pairs, ...(await openOursUnfed(stage, length, scene.rooms)) };
  const flood = (open: Pair[], forMs: number) =>
    load.do('flood', {
      senders: open.map(({ from }) => from),
      inFlight: scene.inFlight,
      ms: forMs,
      warmUpMs: by(length.time, 300, 60, 20),
    });
  for (const open of Object.values(everybody)) await flood(open, ms / 2);
  const us = await stage.ours();
  const { ours, ...others } = await interleave(
    roundsOf(length),
    eachOf(everybody, async (open, name) => {
      const found = await flood(open, ms);
      if (name === 'ours') await writtenThrough(stage, us);
      return found;
    }),
  );
  for (const open of Object.values(pairs)) await closePairs(stage, open);
  const of = (figure: 'perSecond' | 'p50' | 'p99') =>
    Object.fromEntries(Object.entries(others).map(([name, figures]) => [name, figures[figure]]));
  const { id, what, against, target } = scene;
  return [
    compare({
      id,
      what: `${what}: durable messages acked`,
      unit: 'msg/s',
      medium,
      ours: ours.perSecond,
      other: of('perSecond'),
      against,
      target,
    }),
    compare({
      id: `${id}.p99`,
      what: `${what}: ack p99`,
      unit: 'ms',
      medium,
      ours: ours.p99,
      other: of('p99'),
      against,
    }),
  ];
}
