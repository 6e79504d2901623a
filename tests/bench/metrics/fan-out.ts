import { atMost, compare } from '../harness/report.ts';
import { interleave } from '../harness/rounds.ts';
import { median } from '../harness/stats.ts';
import { type Bench, by, roundsOf } from './metric.ts';

const WATCHERS = 100;

/** One writes, a hundred watch: until the last of them has it. */
export const fanOut: Bench = {
  id: 'fan-out',
  async run(stage, length) {
    const { load, medium } = stage;
    const watchers = Array.from({ length: WATCHERS });
    const room = await (await stage.ours()).rooms.one();
    const openTheirs = async (name: 'relay' | 'naive-room') => {
      const line = stage.line(await stage.onWorkerd(name));
      return load.do('open', { lines: [line, ...watchers.map(() => line)] });
    };
    const lines = {
      ours: await load.do('open', {
        lines: await Promise.all([room.visitor(), ...watchers.map(() => room.agent())]),
      }),
      relay: await openTheirs('relay'),
      // Stores it first, as ours does: what a message that is held until it is durable costs at the least.
      'naive room': await openTheirs('naive-room'),
    };
    const count = by(length.time, 200, 25, 10);
    const warmUp = by(length.time, 20, 5, 2);
    const spread = async ([from, ...to]: number[], count: number) => {
      const times = await load.do('fanOut', { from: from as number, to, count, warmUp });
      return { p50: median(times) };
    };
    for (const open of Object.values(lines)) await spread(open, count);
    const figures = await interleave(roundsOf(length, 7), {
      ours: () => spread(lines.ours, count),
      relay: () => spread(lines.relay, count),
      'naive room': () => spread(lines['naive room'], count),
    });
    await load.do('close', { lines: Object.values(lines).flat() });
    return [
      compare({
        id: 'fan-out',
        what: `1 → ${WATCHERS} watchers, until the last has it, p50`,
        unit: 'ms',
        medium,
        ours: figures.ours.p50,
        other: { relay: figures.relay.p50, 'naive room': figures['naive room'].p50 },
        target: atMost(1.25),
      }),
    ];
  },
};
