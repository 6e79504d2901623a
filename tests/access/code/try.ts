/**
 * Run in a copy of the tree by `run.ts`: builds it, plays the named attacks against it and prints what came, as one
 * line of JSON behind a mark. The backend is the caller's.
 */
import { attacksNamed } from '../../attacks/catalogue/named.ts';
import { type Outcome, play } from '../../attacks/play.ts';
import { Stage } from '../../attacks/stage.ts';
import type { TestBackend } from '../../support/backend.ts';
import { sharedSite } from '../../support/site.ts';
import { MARK } from './mark.ts';

const { backend, names } = JSON.parse(process.argv[2] ?? '{}') as { backend: TestBackend; names: string[] };
const attacks = attacksNamed(names);
const site = await sharedSite();
const outcomes: Outcome[] = [];
try {
  const stage = await Stage.open(backend);
  try {
    for (const attack of attacks) {
      const outcome = await play(stage, attack);
      outcomes.push(outcome);
      if (!outcome.held) break;
    }
  } finally {
    await stage.close();
  }
} finally {
  await site.release();
}
console.log(MARK + JSON.stringify(outcomes));
process.exit(0);
