import { TIMING } from '../../../app/realtime/timing.ts';
import type { Fault } from '../harness/play.ts';
import { startTraffic } from '../harness/traffic.ts';
import { sleep } from '../harness/until.ts';

/** More rooms at once than Postgres takes connections. */
export const manyRooms: Fault = {
  number: 15,
  title: '300 rooms at once, Postgres at 100 connections',
  async play({ world, stage: set, length, promise }) {
    const full = length === 'full';
    const rooms = full ? 300 : 45;
    const connections = full ? 100 : 30;
    // The same refusal as `max_connections`, 53300, without a restart; our own connections are a superuser's and not counted.
    await world.sql.unsafe(`alter database postgres with connection limit ${connections}`);
    let most = 0;
    let over = false;
    const watch = (async () => {
      while (!over) {
        const [row] = await world.sql<{ n: number }[]>`
          select count(*)::int as n from pg_stat_activity where usename = 'postgres'`;
        most = Math.max(most, row?.n ?? 0);
        await sleep(50);
      }
    })();
    try {
      // The product's own waits: a crowd at the door is what they are made for.
      const stage = await set({ rooms, timing: TIMING });
      // All doors at once, and nobody has a ticket.
      for (const tab of stage.tabs) tab.reload();
      most = 0;
      const traffic = startTraffic(stage, { messages: full ? 18_000 : 900, pace: full ? 900 : 300 });
      await traffic.done;
      promise(`Postgres was not overrun (${most} of ${connections} connections)`, most <= connections);
    } finally {
      over = true;
      await watch;
      await world.sql.unsafe('alter database postgres with connection limit -1');
    }
  },
};
