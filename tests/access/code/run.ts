import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { attacksNamed } from '../../attacks/catalogue/named.ts';
import type { Outcome } from '../../attacks/play.ts';
import { apply, copyTree } from '../../faults/mutants/copy.ts';
import type { TestBackend } from '../../support/backend.ts';
import { temporaryFolder } from '../../support/shared.ts';
import type { Tally } from '../database/run.ts';
import { codeMutants } from './all.ts';
import { MARK } from './mark.ts';
import type { CodeMutant } from './mutant.ts';

/** Takes out every check of the code that `wants` names, one at a time in a copy of the tree, and prints what saw it. */
export async function runCodeMutants(
  backend: TestBackend,
  wants: (...names: string[]) => boolean,
): Promise<Tally> {
  const mutants = codeMutants.filter(({ check, edits }) => wants(check, ...edits.map(({ file }) => file)));
  if (mutants.length === 0) return { caught: 0, all: 0 };
  const folder = await temporaryFolder('access-mutants');
  try {
    await copyTree(folder);
    // A list that has rotted says so at once, not after half of it.
    attacksNamed(mutants.flatMap(({ attacks = [] }) => attacks));
    for (const mutant of mutants) await (await apply(folder, mutant))();
    console.log(`\n  The code: ${mutants.length} checks\n`);
    await expectGreen(folder, backend, mutants);
    console.log('  ✓ with every check in: green');
    let caught = 0;
    for (const mutant of mutants) {
      const restore = await apply(folder, mutant);
      try {
        const seen = await seenBy(folder, backend, mutant);
        if (seen !== null) caught += 1;
        console.log(
          seen === null
            ? `  ✗ without ${mutant.check}: nothing is red`
            : `  ✓ without ${mutant.check} → red in ${seen}`,
        );
      } finally {
        await restore();
      }
    }
    return { caught, all: mutants.length };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function expectGreen(
  folder: string,
  backend: TestBackend,
  mutants: readonly CodeMutant[],
): Promise<void> {
  const names = [...new Set(mutants.flatMap(({ attacks = [] }) => attacks))];
  // On a machine that is busy with other things one may come too late: it is given another try, and no third.
  for (let left = names, again = ''; ; ) {
    const red = (await tryAttacks(folder, backend, left)).find(({ held }) => !held);
    if (!red) break;
    if (red.attack === again) throw new Error(`with every check in, it is red: ${red.attack}: ${red.got}`);
    again = red.attack;
    left = left.slice(left.indexOf(again));
  }
  for (const unit of new Set(mutants.flatMap((mutant) => mutant.unit ?? [])))
    if (await tryUnit(folder, unit)) throw new Error(`with every check in, it is red: ${unit}`);
}

/** What was red first; null when nothing was. */
async function seenBy(folder: string, backend: TestBackend, mutant: CodeMutant): Promise<string | null> {
  if (mutant.attacks) {
    const red = (await tryAttacks(folder, backend, mutant.attacks)).find(({ held }) => !held);
    if (red) return `“${red.attack}”: expected ${red.expected}, got ${red.got}`.slice(0, 250);
  }
  return mutant.unit === undefined ? null : tryUnit(folder, mutant.unit);
}

/** Builds the copy and plays attacks against it, up to the first that didn't hold. */
async function tryAttacks(
  folder: string,
  backend: TestBackend,
  names: readonly string[],
): Promise<Outcome[]> {
  if (names.length === 0) return [];
  const { printed } = await run(folder, ['tests/access/code/try.ts', JSON.stringify({ backend, names })]);
  const line = printed.split('\n').find((text) => text.startsWith(MARK));
  // Red because it didn't even build or start is no proof.
  if (line === undefined) throw new Error(`the run broke off:\n${printed.slice(-2_000)}`);
  return JSON.parse(line.slice(MARK.length)) as Outcome[];
}

/** The first test of a file that failed; null when none did. */
async function tryUnit(folder: string, file: string): Promise<string | null> {
  const { code, printed } = await run(folder, ['tests/support/run.ts', 'unit', file]);
  if (code === 0) return null;
  const failed = /FAIL .*?\.test\.tsx? (.*)/u.exec(printed);
  if (!failed) throw new Error(`the run broke off:\n${printed.slice(-2_000)}`);
  return `${file} ${failed[1]}`;
}

async function run(
  folder: string,
  args: readonly string[],
): Promise<{ code: number | null; printed: string }> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
    });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, printed }));
  });
}
