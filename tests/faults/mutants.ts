/**
 * `npm run test:faults:mutants -- [--only dedupe]`: takes out one protection after the other, in a copy of the tree,
 * and runs the faults that it is for. Each must be red, and nothing may be red while all are in.
 */
import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { interruption } from '../../supabase/local/start/teardown.ts';
import { temporaryFolder } from '../support/shared.ts';
import { apply, copyTree } from './mutants/copy.ts';
import { type Mutant, mutants } from './mutants/mutants.ts';

const { values } = parseArgs({
  options: { seed: { type: 'string', default: '1' }, only: { type: 'string' } },
});
const only = values.only;
const chosen = mutants.filter(({ protection }) => only === undefined || protection.includes(only));

const interrupted = interruption();

interface Run {
  red: boolean;
  /** The first thing that was not as it should be. */
  words: string;
}

/** Runs some faults in the copy, in their short form. */
function run(folder: string, faults: readonly number[]): Promise<Run> {
  const args = ['tests/faults/run.ts', '--short', '--patience', '15', '--seed', values.seed];
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', ...args, '--only', faults.join(',')],
    { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], signal: interrupted },
  );
  let printed = '';
  const listen = (chunk: Buffer) => {
    printed += chunk.toString();
  };
  child.stdout.on('data', listen);
  child.stderr.on('data', listen);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      const failure = /^ {2}✗ (\d+)\..*\n\s+(.*)$/mu.exec(printed);
      // Red because something didn't even start is no proof.
      if (code !== 0 && !failure) reject(new Error(`the run broke off:\n${printed.slice(-2_000)}`));
      else
        resolve({
          red: code !== 0,
          words: failure ? `fault ${failure[1]}: ${failure[2]?.slice(0, 90)}` : '',
        });
    });
  });
}

async function judge(folder: string, mutant: Mutant): Promise<boolean> {
  const restore = await apply(folder, mutant);
  try {
    for (const fault of mutant.faults) {
      const { red, words } = await run(folder, [fault]);
      if (!red) continue;
      console.log(`  ✓ without ${mutant.protection}: red in ${words}`);
      return true;
    }
    console.log(`  ✗ without ${mutant.protection}: nothing is red`);
    return false;
  } finally {
    await restore();
  }
}

const folder = await temporaryFolder('mutants');
let caught = 0;
try {
  await copyTree(folder);
  const all = [...new Set(chosen.flatMap(({ faults }) => faults))].sort((a, b) => a - b);
  console.log(`\n  ${chosen.length} protections, faults ${all.join(', ')}, seed ${values.seed}\n`);
  const sane = await run(folder, all);
  if (sane.red) throw new Error(`with every protection in, it is red: ${sane.words}`);
  console.log('  ✓ with every protection in: green');
  for (const mutant of chosen) if (await judge(folder, mutant)) caught += 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
console.log(`\n  ${caught} of ${chosen.length} caught\n`);
process.exit(caught === chosen.length ? 0 : 1);
