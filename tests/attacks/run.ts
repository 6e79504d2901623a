/**
 * `npm run test:attacks -- [--seed N] [--frames 50000] [--only words]`: tries every attack on the real Worker with real
 * Postgres and Auth, then throws generated frames at a room, and prints what was expected and what came. Exits with 1
 * unless everything held.
 */
import { parseArgs } from 'node:util';
import { sharedBackend } from '../support/backend.ts';
import { ensureChromium } from '../support/chromium.ts';
import { sharedSite } from '../support/site.ts';
import { afterwards, byPages, byPrograms, inMasses } from './catalogue/index.ts';
import { play } from './play.ts';
import { throwFrames } from './property/throw-frames.ts';
import { Stage } from './stage.ts';
import { type Row, tableOf } from './table.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    frames: { type: 'string', default: '50000' },
    only: { type: 'string' },
  },
});
const seed = values.seed === undefined ? Math.floor(Math.random() * 1_000_000) : Number(values.seed);
const only = values.only?.toLowerCase();

await ensureChromium(console.log);
const [backend, site] = [await sharedBackend(), await sharedSite()];
const rows: Row[] = [];
try {
  const stage = await Stage.open(backend.value);
  try {
    for (const { title, attacks } of [...byPrograms, ...inMasses, ...byPages, ...afterwards]) {
      console.log(`\n  ${title}`);
      for (const one of attacks) {
        if (only && !`${title} ${one.name}`.toLowerCase().includes(only)) continue;
        const row = { group: title, ...(await play(stage, one)) };
        rows.push(row);
        console.log(
          `  ${row.held ? '✓' : '✗'} ${row.attack}${row.held ? '' : `\n      expected ${row.expected}\n      got      ${row.got}`}`,
        );
      }
    }
  } finally {
    await stage.close();
  }
  if (!only) {
    const frames = Number(values.frames);
    console.log(`\n  ${frames.toLocaleString('en-US')} generated frames, seed ${seed}`);
    rows.push({
      group: 'Generated',
      ...(await throwFrames(backend.value, { seed, frames, log: console.log })),
    });
  }
} finally {
  await site.release();
  await backend.release();
}
console.log(`\n${tableOf(rows)}\n\n  seed ${seed}\n`);
process.exit(rows.every(({ held }) => held) ? 0 : 1);
