/**
 * `npm run test:access:mutants -- [--part database|code] [--only words]…`: takes out one protection after the other,
 * every policy, grant and check of the database and each check of the Worker and the rooms, and says which test saw
 * it. Each must be red, and nothing may be red while all are in. `--only` takes a part of a protection's name, table or
 * file, and may be said more than once: after a change to the rooms, `--part code --only workers/rooms`.
 */
import { parseArgs } from 'node:util';
import { sharedBackend } from '../support/backend.ts';
import { runCodeMutants } from './code/run.ts';
import { runDatabaseMutants } from './database/run.ts';

const { values } = parseArgs({
  options: { only: { type: 'string', multiple: true }, part: { type: 'string' } },
});
const only = values.only?.map((words) => words.toLowerCase());
const wants = (...names: string[]) =>
  only === undefined || names.some((name) => only.some((words) => name.toLowerCase().includes(words)));

const backend = await sharedBackend();
let caught = 0;
let all = 0;
try {
  if (values.part !== 'code') {
    const tally = await runDatabaseMutants(backend.value, wants);
    caught += tally.caught;
    all += tally.all;
  }
  if (values.part !== 'database') {
    const tally = await runCodeMutants(backend.value, wants);
    caught += tally.caught;
    all += tally.all;
  }
} finally {
  await backend.release();
}
console.log(`\n  ${caught} of ${all} caught\n`);
process.exit(caught === all && all > 0 ? 0 : 1);
