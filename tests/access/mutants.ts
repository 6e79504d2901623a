/**
 * `npm run test:access:mutants -- [--only words] [--part database|code]`: takes out one protection after the other,
 * every policy, grant and check of the database and each check of the Worker and the rooms, and says which test saw
 * it. Each must be red, and nothing may be red while all are in.
 */
import { parseArgs } from 'node:util';
import { sharedBackend } from '../support/backend.ts';
import { runCodeMutants } from './code/run.ts';
import { runDatabaseMutants } from './database/run.ts';

const { values } = parseArgs({
  options: { only: { type: 'string' }, part: { type: 'string' } },
});
const only = values.only?.toLowerCase();
const wants = (protection: string) => only === undefined || protection.toLowerCase().includes(only);

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
