/**
 * `npm test [unit|workerd|system|browser …] [vitest's own arguments]`: everything, or some of the parts.
 * Ends with a line of its own: `N passed, N failed`. Begun by `start.mjs`, which has installed what it needs.
 */
import { parseCLI, startVitest, type Vitest } from 'vitest/node';
import { interruption, Teardown } from '../../supabase/local/start/teardown.ts';
import { sharedBackend } from './backend.ts';
import { ensureChromium } from './chromium.ts';
import { root } from './project-root.ts';
import { sharedSite } from './site.ts';
import { closingLine, type Tally, tally } from './tally.ts';

const parts = ['unit', 'workerd', 'system', 'browser'] as const;
const isPart = (word: string): word is (typeof parts)[number] => (parts as readonly string[]).includes(word);

const interrupted = interruption();
const teardown = new Teardown();
interrupted.addEventListener('abort', () => void teardown.run().then(() => process.exit(130)));

async function run(words: readonly string[]): Promise<Tally> {
  const wanted = words.filter(isPart);
  const chosen = wanted.length > 0 ? wanted : [...parts];
  if (chosen.includes('browser')) await ensureChromium(console.log);
  const needsSite = chosen.includes('system') || chosen.includes('browser');
  await Promise.all([held(sharedBackend), ...(needsSite ? [held(sharedSite)] : [])]);
  interrupted.throwIfAborted();

  const { filter, options } = parseCLI(['vitest', 'run', ...words.filter((word) => !isPart(word))]);
  const vitest = await startVitest('test', filter, { ...options, root, project: chosen, watch: false });
  teardown.add(() => vitest.close());
  return tally(vitest satisfies Vitest);
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
