import { atMost, compare } from '../harness/report.ts';
import { interleave } from '../harness/rounds.ts';
import { median, p99 } from '../harness/stats.ts';
import { type Bench, by, roundsOf } from './metric.ts';
import { closePairs, eachOf, openOurs, openOursUnfed, openTheirs, type Pair } from './pairs.ts';

/** Durable delivery, one message at a time: from the send to the other side's frame. */
export const deliver: Bench = {
  id: 'deliver',
  async run(stage, length) {
    const { load, medium } = stage;
    const count = by(length.time, 1_000, 150, 30);
    const pairs = {
      ours: await openOurs(stage),
      'naive room': await openTheirs(stage, await stage.onWorkerd('naive-room')),
      echo: await openTheirs(stage, await stage.onWorkerd('echo')),
      relay: await openTheirs(stage, await stage.onWorkerd('relay')),
    };
    const everybody = { ...pairs, ...(await openOursUnfed(stage, length)) };
    const talk = async ([pair]: Pair[], many: number) => {
      const { delivered } = await load.do('oneByOne', { ...(pair as Pair), count: many });
      return { p50: median(delivered), p99: p99(delivered) };
    };
    for (const open of Object.values(everybody)) await talk(open, by(length.time, 800, 200, 10));
    const { ours, ...others } = await interleave(
      roundsOf(length, 9),
      eachOf(everybody, (open) => talk(open, count)),
    );
    for (const open of Object.values(pairs)) await closePairs(stage, open);
    const of = (figure: 'p50' | 'p99') =>
      Object.fromEntries(Object.entries(others).map(([name, figures]) => [name, figures[figure]]));
    return [
      compare({
        id: 'deliver.p50',
        what: 'one at a time, send → other side, p50',
        unit: 'ms',
        medium,
        ours: ours.p50,
        other: of('p50'),
        target: atMost(1.15),
      }),
      compare({
        id: 'deliver.p99',
        what: 'one at a time, send → other side, p99',
        unit: 'ms',
        medium,
        ours: ours.p99,
        other: of('p99'),
        target: atMost(1.25),
      }),
      compare({
        id: 'deliver.echo',
        what: 'the same p50 against the floor',
        unit: 'ms',
        medium,
        ours: ours.p50,
        other: { echo: others.echo.p50 },
        target: atMost(5),
      }),
    ];
  },
};
