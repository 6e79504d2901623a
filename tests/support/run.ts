/**
 * `npm test [unit|workerd|system|browser|faults|attacks …] [vitest's own arguments]`: everything, or some of the parts.
 * Ends with a line of its own: `N passed, N failed`. Begun by `start.mjs`, which has installed what it needs.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createVitest, parseCLI } from 'vitest/node';
import { interruption, Teardown } from '../../supabase/local/start/teardown.ts';
import { sharedBackend } from './backend.ts';
import { ensureChromium } from './chromium.ts';
import { root } from './project-root.ts';
import { sharedSite } from './site.ts';
import { closingLine, type Tally, tally } from './tally.ts';

const parts = ['unit', 'workerd', 'system', 'browser', 'faults', 'attacks'] as const;
const isPart = (word: string): word is (typeof parts)[number] => (parts as readonly string[]).includes(word);

const interrupted = interruption();
const teardown = new Teardown();
ownTemporaryFolder();
interrupted.addEventListener('abort', () => void teardown.run().then(() => process.exit(130)));

async function run(words: readonly string[]): Promise<Tally> {
  const wanted = words.filter(isPart);
  const chosen = wanted.length > 0 ? wanted : [...parts];
  if (chosen.includes('browser') || chosen.includes('attacks')) await ensureChromium(console.log);
  const needsSite = (['system', 'browser', 'faults', 'attacks'] as const).some((part) =>
    chosen.includes(part),
  );
  await Promise.all([held(sharedBackend), ...(needsSite ? [held(sharedSite)] : [])]);
  interrupted.throwIfAborted();

  const { filter, options } = parseCLI(['vitest', 'run', ...words.filter((word) => !isPart(word))]);
  const vitest = await createVitest('test', { ...options, root, project: chosen, watch: false });
  teardown.add(() => within(5000, vitest.close()));
  teardown.add(() => interrupted.aborted && within(1000, vitest.cancelCurrentRun('keyboard-input')));
  // Vitest's own listeners end the process at once, before anything is taken down.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    for (const listener of process.listeners(signal).slice(1)) process.removeListener(signal, listener);
  }
  // Throws when no test is found, which is a failure here, too; Vitest has said so by then.
  await vitest.start(filter).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'VITEST_FILES_NOT_FOUND')) throw error;
  });
  return tally(vitest);
}

/** Waits for `work`, but not for ever: Vitest waits for workers that a Ctrl-C in the terminal has ended, too. */
function within(milliseconds: number, work: Promise<unknown>): Promise<unknown> {
  return Promise.race([work, new Promise((resolve) => setTimeout(resolve, milliseconds))]);
}

/** Everything temporary of this run, browsers' profiles included, lies in one folder and goes with it. */
function ownTemporaryFolder(): void {
  const folder = mkdtempSync(path.join(tmpdir(), 'wellchina-tests-'));
  // As root, Postgres runs as another user, who must be able to walk through.
  chmodSync(folder, 0o711);
  for (const name of ['TMPDIR', 'TEMP', 'TMP']) process.env[name] = folder;
  teardown.add(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 }));
}

/** Starts something that all projects share, and keeps it until the end of the run. */
async function held(acquire: () => Promise<{ release(): Promise<void> }>): Promise<void> {
  const lease = acquire();
  teardown.add(async () => (await lease.catch(() => null))?.release());
  await lease;
}

try {
  const result = await run(process.argv.slice(2));
  await teardown.run();
  console.log(`\n${closingLine(result)}`);
  process.exit(result.failed > 0 || result.passed === 0 ? 1 : 0);
} catch (error) {
  if (!interrupted.aborted) {
    console.error(`\n✗ ${error instanceof Error ? error.message : error}\n`);
    await teardown.run();
    console.log(closingLine({ passed: 0, failed: 1, skipped: 0 }));
    process.exit(1);
  }
}
