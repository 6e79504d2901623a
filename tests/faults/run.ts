/**
 * `npm run test:faults -- [--seed N] [--only 4,12] [--short] [--patience seconds]`: injects every fault of the design at
 * full length, heals it, and prints what became of the messages. Exits with 1 unless every promise was kept.
 */
import { parseArgs } from 'node:util';
import { interruption, Teardown } from '../../supabase/local/start/teardown.ts';
import { sharedSite } from '../support/site.ts';
import { type Outcome, play } from './harness/play.ts';
import { tableOf } from './harness/table.ts';
import { createWorld } from './harness/world.ts';
import { faults } from './scenarios/index.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    only: { type: 'string' },
    short: { type: 'boolean', default: false },
    patience: { type: 'string', default: '120' },
  },
});
const seed = values.seed === undefined ? Math.floor(Math.random() * 1_000_000) : Number(values.seed);
const only = values.only?.split(',').map(Number);
const length = values.short ? 'short' : 'full';
const patience = Number(values.patience) * 1_000;
const chosen = faults.filter(({ number }) => !only || only.includes(number));

const interrupted = interruption();
const teardown = new Teardown();
interrupted.addEventListener('abort', () => void teardown.run().then(() => process.exit(130)));

async function run(): Promise<Outcome[]> {
  const site = sharedSite();
  teardown.add(async () => (await site).release());
  await site;
  const world = createWorld();
  teardown.add(async () => (await world).stop());
  const held = await world;
  const outcomes: Outcome[] = [];
  for (const fault of chosen) {
    const outcome = await play(held, fault, seed, length, patience);
    interrupted.throwIfAborted();
    outcomes.push(outcome);
    report(outcome);
  }
  return outcomes;
}

function report({ fault, title, acked, seconds, problems }: Outcome): void {
  const mark = problems.length === 0 ? '✓' : '✗';
  console.log(`  ${mark} ${fault}. ${title}: ${acked} acked, ${seconds.toFixed(1)} s`);
  for (const problem of problems.slice(0, 20)) console.log(`      ${problem}`);
  if (problems.length > 20) console.log(`      … and ${problems.length - 20} more`);
}

console.log(`\n  seed ${seed}, ${length} length, ${chosen.length} faults\n`);
try {
  const outcomes = await run();
  await teardown.run();
  console.log(`\n${tableOf(outcomes)}\n\n  seed ${seed}\n`);
  process.exit(outcomes.some(({ problems }) => problems.length > 0) ? 1 : 0);
} catch (error) {
  if (!interrupted.aborted) {
    console.error(error);
    await teardown.run();
    process.exit(1);
  }
}
