import type { Fault } from '../harness/play.ts';
import { startTraffic } from '../harness/traffic.ts';
import { sleep } from '../harness/until.ts';

/** `kill -9` of workerd while everybody writes, again and again; with what it held in memory everything is gone. */
export const killed: Fault = {
  number: 4,
  title: 'kill -9 of workerd in mid-burst',
  async play({ world, stage: set, length, random, promise }) {
    const full = length === 'full';
    const kills = full ? 20 : 3;
    const stage = await set({ rooms: full ? 20 : 6, visitorTabs: 2 });
    const when = random.fork('kills');
    // On a slow machine the few messages of the short form would all be written before the Worker is back.
    const backlog = full ? 30 : 8;
    const traffic = startTraffic(stage, { messages: full ? 15_000 : 900, pace: full ? 100 : 70, backlog });
    let inMidBurst = true;
    for (let kill = 1; kill <= kills; kill++) {
      await traffic.reached((kill - 0.5 + when.next() / 2) / (kills + 1));
      inMidBurst &&= traffic.share < 1;
      await world.worker.kill();
      // Some come back to a Worker that is there at once, some knock for a while.
      await sleep(when.int(0, 400));
      await world.worker.restart();
    }
    promise('it was killed in mid-burst', inMidBurst);
    await traffic.done;
  },
};
