import type { Fault } from '../harness/play.ts';
import { startTraffic } from '../harness/traffic.ts';
import { sleep, until } from '../harness/until.ts';

/** Two and three tabs of one person on one outbox; the one that drains is killed in the middle of it, or loaded anew. */
export const twoTabs: Fault = {
  number: 13,
  title: 'two tabs, the draining one killed',
  // Refusals come in between, so that what waits must wait in its order; so few a second that a busy machine meets
  // them, too.
  limits: { messagesPerMinute: 240, messageBurst: 3 },
  async play({ stage: set, length, random, promise }) {
    const full = length === 'full';
    const stage = await set({ rooms: full ? 40 : 10, visitorTabs: 3, agentTabs: 2, lines: true });
    const when = random.fork('kills');
    const traffic = startTraffic(stage, { messages: full ? 10_000 : 600, pace: full ? 150 : 120 });
    let killed = 0;
    await Promise.all(
      stage.rooms.map(async ({ visitorTabs, agentTabs, line }, index) => {
        const decide = when.fork(String(index));
        await traffic.reached(0.2 + decide.next() * 0.3);
        // Offline, so that the outbox is full when its first tab goes.
        if (line && decide.chance(0.5)) {
          line.manners.closed = true;
          line.cut();
          await sleep(decide.int(200, 800));
        }
        const [first, second] = visitorTabs;
        first?.kill();
        killed += 1;
        if (line) line.manners.closed = false;
        await traffic.reached(0.5 + decide.next() * 0.3);
        second?.reload();
        if (decide.chance(0.5)) {
          await sleep(decide.int(0, 200));
          second?.reload();
        }
        agentTabs[0]?.kill();
        killed += 1;
      }),
    );
    await traffic.done;
    // That is written, not sent: on a busy machine hardly anything has gone out yet.
    const { refusals } = stage.recording;
    await until('somebody to be refused for a while', () => (refusals.get('rate_limited') ?? 0) > 0);
    promise('tabs were killed', killed === stage.rooms.length * 2);
  },
};
