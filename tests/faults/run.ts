/**
 * `npm run test:faults -- [--seed N] [--only 4,12] [--short] [--patience seconds]`: injects every fault of the design at full length, heals
 * it, and prints what became of the messages. Exits with 1 unless every promise was kept.
 */
import { parseArgs } from 'node:util';
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
const chosen = faults.filter(({ number }) => !only || only.includes(number));

console.log(`\n  seed ${seed}, ${length} length, ${chosen.length} faults\n`);
const site = await sharedSite();
const world = await createWorld();
const outcomes: Outcome[] = [];
try {
  for (const fault of chosen) {
    const outcome = await play(world, fault, seed, length, Number(values.patience) * 1_000);
    outcomes.push(outcome);
    const mark = outcome.problems.length === 0 ? '✓' : '✗';
    console.log(
      `  ${mark} ${fault.number}. ${fault.title}: ${outcome.acked} acked, ${outcome.seconds.toFixed(1)} s`,
    );
    for (const problem of outcome.problems.slice(0, 20)) console.log(`      ${problem}`);
    if (outcome.problems.length > 20) console.log(`      … and ${outcome.problems.length - 20} more`);
  }
} finally {
  await world.stop();
  await site.release();
}
console.log(`\n${tableOf(outcomes)}\n\n  seed ${seed}\n`);
process.exit(outcomes.some(({ problems }) => problems.length > 0) ? 1 : 0);
