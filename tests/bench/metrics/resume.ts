import { atMost, compare } from '../harness/report.ts';
import { interleave } from '../harness/rounds.ts';
import { median } from '../harness/stats.ts';
import { type Bench, by, roundsOf } from './metric.ts';

const MISSED = 200;
const HELD = 300;

/** Coming back after missing 200 messages: from the first packet to the welcome that carries them all. */
export const resume: Bench = {
  id: 'resume',
  async run(stage, length) {
    const { load, medium } = stage;
    const room = await (await stage.ours()).rooms.one(HELD + MISSED);
    const missed = await room.visitor({ t: 'hello', after: HELD });
    const nothing = await room.visitor({ t: 'hello', after: HELD + MISSED });
    const echo = stage.line(await stage.onWorkerd('echo'));
    // Somebody stays, so that the room is awake as it is for people who were cut off.
    const [watcher] = await load.do('open', { lines: [await room.agent()] });
    const connect = async (line: typeof missed) => ({
      p50: median(await load.do('connect', { line, count: by(length.time, 60, 10, 5) })),
    });
    for (const line of [missed, nothing, echo]) await connect(line);
    const figures = await interleave(roundsOf(length, 7), {
      ours: () => connect(missed),
      'the same with nothing missed': () => connect(nothing),
      'echo, upgrade only': () => connect(echo),
    });
    await load.do('close', { lines: [watcher as number] });
    return [
      compare({
        id: 'resume',
        what: `reconnect and catch up ${MISSED} missed messages, p50`,
        unit: 'ms',
        medium,
        ours: figures.ours.p50,
        other: {
          'the same with nothing missed': figures['the same with nothing missed'].p50,
          'echo, upgrade only': figures['echo, upgrade only'].p50,
        },
        target: atMost(2),
      }),
    ];
  },
};
