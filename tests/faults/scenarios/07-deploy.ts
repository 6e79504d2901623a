import type { Fault } from '../harness/play.ts';
import { startTraffic } from '../harness/traffic.ts';

/** New versions go live in mid-burst: sockets drop without a word, memory is gone, settings have changed. */
export const deployed: Fault = {
  number: 7,
  title: 'a new deploy in mid-burst',
  async play({ world, stage: set, length, random, promise }) {
    const full = length === 'full';
    const deploys = full ? 8 : 2;
    const stage = await set({ rooms: full ? 20 : 6, visitorTabs: 2 });
    const when = random.fork('deploys');
    // On a slow machine the few messages of the short form would all be written before the Worker is back.
    const backlog = full ? 30 : 8;
    const traffic = startTraffic(stage, { messages: full ? 9_000 : 600, pace: full ? 80 : 60, backlog });
    let inMidBurst = true;
    for (let deploy = 1; deploy <= deploys; deploy++) {
      await traffic.reached((deploy - 0.5 + when.next() / 2) / (deploys + 1));
      inMidBurst &&= traffic.share < 1;
      // Other settings with every version: what rooms hold must not depend on them.
      await world.worker.restart({
        vars: {
          ...world.varsFor({ flushDelayMs: when.int(20, 400), welcomeMessages: when.int(20, 200) }),
          INGEST_LANES: String(when.int(1, 4)),
        },
      });
    }
    promise('it was deployed in mid-burst', inMidBurst);
    await traffic.done;
  },
};
