import { openLine } from '../harness/line.ts';
import { type Fault, percentile } from '../harness/play.ts';
import { quiet } from '../harness/quiet.ts';
import type { Stage } from '../harness/stage.ts';
import { startTraffic } from '../harness/traffic.ts';
import { sleep } from '../harness/until.ts';

/**
 * Between Worker and Postgres: a latency above every timeout, resets, and backends terminated at random. Nobody who
 * writes may notice: the ack is the room's.
 */
export const slowPostgres: Fault = {
  number: 3,
  title: 'Postgres slow, reset, its backends terminated',
  async play({ world, stage: set, length, random, promise }) {
    const full = length === 'full';
    const line = await openLine(world.backend.postgres.port);
    try {
      const databaseUrl = new URL(world.backend.databaseUrl);
      databaseUrl.port = String(line.port);
      // Written as often as it can be: what is terminated should be at work.
      await world.renew({ databaseUrl: databaseUrl.href, limits: { flushIntervalMs: 0 } });
      const stage = await set({ rooms: full ? 20 : 6 });
      const traffic = startTraffic(stage, { messages: full ? 12_000 : 900, pace: full ? 140 : 60 });
      await traffic.reached(0.35);

      const began = performance.now();
      const decide = random.fork('trouble');
      line.manners.latency = full ? 30_000 : 3_000;
      await traffic.reached(0.65);
      line.manners.latency = 0;
      // What is still on its way would take as long as it was told to.
      line.cut();
      let terminated = 0;
      while (traffic.share < 1) {
        await sleep(decide.int(20, 150));
        if (decide.chance(0.3)) line.cut();
        else {
          const [row] = await world.sql<{ n: number }[]>`
            select count(pg_terminate_backend(pid))::int as n from pg_stat_activity
              where usename = 'postgres' and pid <> pg_backend_pid()`;
          terminated += row?.n ?? 0;
        }
      }
      const ended = performance.now();
      await traffic.done;
      promise('backends were terminated', terminated > 0);
      unchanged(stage, began, ended, promise);
      // Everything that is on its way over the line gets there before the line goes.
      await quiet(stage);
    } finally {
      // The Worker goes on without the line, as after a fail-over to another address.
      await world.worker.restart({ databaseUrl: world.backend.databaseUrl });
      await line.close();
    }
  },
};

function unchanged(
  { recording }: Stage,
  began: number,
  ended: number,
  promise: (what: string, kept: boolean) => void,
): void {
  const during = ({ at }: { at: number }) => at >= began && at <= ended;
  const took = (acks: readonly { took: number }[]) =>
    percentile(
      acks.map((ack) => ack.took),
      0.99,
    ) ?? 0;
  const before = took(recording.ackTimes.filter(({ at }) => at < began));
  const trouble = took(recording.ackTimes.filter(during));
  // A ratio, with room for a machine that does something else as well: a write that waited for Postgres would take
  // thousands of milliseconds.
  promise(
    `the ack's p99 is unchanged (${before.toFixed(1)} ms before, ${trouble.toFixed(1)} ms during)`,
    trouble < Math.max(4 * before, 100),
  );
}
