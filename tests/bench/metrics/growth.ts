import { setTimeout as sleep } from 'node:timers/promises';
import { atMost, compare, type Metric } from '../harness/report.ts';
import { interleave } from '../harness/rounds.ts';
import type { Stage } from '../harness/stage.ts';
import { median } from '../harness/stats.ts';
import { crowd, writtenThrough } from './many-rooms.ts';
import { type Bench, by, type Length, roundsOf } from './metric.ts';
import { closePairs, openOursIn, type Pair } from './pairs.ts';

const PAGE = 50;
/** By then the alarms have come that were set with what was said. */
const MARKED_MS = 2_500;

/** Whether a message or a page costs more where more has been said, or where more rooms are awake. */
export const growth: Bench = {
  id: 'growth',
  run: async (stage, length) => [...(await longer(stage, length)), ...(await busier(stage, length))],
};

async function longer(stage: Stage, length: Length): Promise<Metric[]> {
  const { load, medium } = stage;
  const { rooms } = await stage.ours();
  const sizes = by(length.scene, [100, 10_000, 100_000], [100, 10_000], [100, 1_000]);
  const opened = new Map<number, { from: number; to: number }>();
  for (const size of sizes) {
    const room = await rooms.one(size);
    const [from, to] = await load.do('open', { lines: [await room.visitor(), await room.agent()] });
    opened.set(size, { from: from as number, to: to as number });
  }
  const measure = async (size: number) => {
    const pair = opened.get(size) as { from: number; to: number };
    const { delivered } = await load.do('oneByOne', { ...pair, count: by(length.time, 400, 100, 10) });
    const frame = JSON.stringify({ t: 'history', before: Math.ceil(size / 2) + PAGE / 2, limit: PAGE });
    const pages = await load.do('ask', { line: pair.from, frame, count: by(length.time, 200, 50, 5) });
    return { p50: median(delivered), page: median(pages) };
  };
  for (const size of sizes) await measure(size);
  const figures = await interleave(
    roundsOf(length),
    Object.fromEntries(sizes.map((size) => [String(size), () => measure(size)])),
  );
  await load.do('close', { lines: [...opened.values()].flatMap(({ from, to }) => [from, to]) });
  const [smallest, ...larger] = sizes.map(String) as [string, ...string[]];
  return larger.flatMap((size) =>
    (['p50', 'page'] as const).map((figure) =>
      compare({
        id: `growth.${figure}-${size}`,
        what:
          figure === 'p50'
            ? `delivery p50 where ${size} messages have been said`
            : `a page of ${PAGE} from the middle of ${size} messages, p50`,
        unit: 'ms',
        medium,
        ours: figures[size]?.[figure] ?? [],
        other: { [`at ${smallest}`]: figures[smallest]?.[figure] ?? [] },
        target: atMost(1.25),
      }),
    ),
  );
}

/** Two Workers: in one, many more rooms are awake. */
async function busier(stage: Stage, length: Length): Promise<Metric[]> {
  const { load, medium } = stage;
  const { us: busy, pairs: others } = await crowd(stage, length);
  const quiet = await stage.ours();
  const alone = await openOursIn(stage, quiet.rooms);
  const among = await openOursIn(stage, busy.rooms);
  const talk = async ([pair]: Pair[]) => {
    const { delivered } = await load.do('oneByOne', {
      ...(pair as Pair),
      count: by(length.time, 300, 100, 10),
    });
    return { p50: median(delivered) };
  };
  await talk(alone);
  await talk(among);
  // Keeps them all awake for the ten seconds to come; what they said is written through before anything is measured.
  await load.do('first', { lines: others.map(({ from }) => from) });
  await writtenThrough(stage, busy);
  await sleep(by(length.scene, MARKED_MS, MARKED_MS, 50));
  const figures = await interleave(roundsOf(length), {
    alone: () => talk(alone),
    among: () => talk(among),
  });
  await closePairs(stage, [...alone, ...among]);
  return [
    compare({
      id: 'growth.awake',
      what: `delivery p50 with ${others.length} more rooms awake`,
      unit: 'ms',
      medium,
      ours: figures.among.p50,
      other: { 'with 1': figures.alone.p50 },
      target: atMost(1.25),
    }),
  ];
}
