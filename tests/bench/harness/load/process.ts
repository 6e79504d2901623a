/** The process that makes the load, apart from the one that orders it: nothing else runs in here. */
import { jobs } from './jobs.ts';
import type { Order, Reply } from './messages.ts';

const reply = (message: Reply) => process.send?.(message);
let working = -1;

process.on('message', ({ id, job, ask }: Order) => {
  working = id;
  const run = jobs[job] as (ask: unknown) => Promise<unknown>;
  run(ask).then(
    (answer) => reply({ id, answer }),
    (error: unknown) => reply({ id, failed: String(error) }),
  );
});
process.on('uncaughtException', (error: Error) => reply({ id: working, failed: error.message }));
process.on('disconnect', () => process.exit(0));
