import type { Fault } from '../harness/play.ts';
import { startTraffic } from '../harness/traffic.ts';
import { until } from '../harness/until.ts';

/** The room has taken a message, and its ack never arrives: the line is cut on the way back. */
export const cutAfterCommit: Fault = {
  number: 2,
  title: 'cut after commit, before the reply',
  async play({ stage: set, length, random, promise }) {
    const full = length === 'full';
    const stage = await set({ rooms: full ? 20 : 6, lines: true });
    const cutting = random.fork('cuts');
    const traffic = startTraffic(stage, { messages: full ? 8_000 : 500, pace: full ? 60 : 40 });
    let cuts = 0;
    while (traffic.share < 0.95) {
      const { line, tabs } = cutting.pick(stage.rooms);
      if (!line) continue;
      const before = stage.recording.sockets;
      await Promise.race([line.cutAtNextReply(), traffic.done]);
      cuts += 1;
      const asleep = tabs.every((tab) => !tab.alive);
      if (!asleep) await until('somebody to come back', () => stage.recording.sockets > before);
    }
    await traffic.done;
    promise('lines were cut', cuts >= (full ? 50 : 5));
  },
};
