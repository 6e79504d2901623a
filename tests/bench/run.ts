/**
 * `npm run bench -- [--quick] [--only deliver,hot-room] [--on disk] [--json FILE]`: measures the delivery path against
 * other ways to do it, side by side on this machine, and prints the table.
 */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { sharedSite } from '../support/site.ts';
import { machine, versions } from './harness/machine.ts';
import { type Medium, type Metric, tableOf } from './harness/report.ts';
import { createStage } from './harness/stage.ts';
import { benches } from './metrics/index.ts';
import type { Extent, Length } from './metrics/metric.ts';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    /** For the tests: only that everything works. */
    tiny: { type: 'boolean', default: false },
    only: { type: 'string' },
    on: { type: 'string' },
    json: { type: 'string' },
  },
});
const extent: Extent = values.tiny ? 'tiny' : values.quick ? 'quick' : 'full';
const wanted = values.only?.split(',');
const unknown = wanted?.filter((id) => !benches.some((bench) => bench.id === id)) ?? [];
if (unknown.length > 0) {
  console.error(`There is no ${unknown.join(', ')}. There are: ${benches.map(({ id }) => id).join(', ')}`);
  process.exit(2);
}
const chosen = benches.filter(({ id }) => !wanted || wanted.includes(id));
const media = (values.on?.split(',') as Medium[] | undefined) ?? mediaOf(extent);

const conditions = { machine: machine(), versions: versions() };
const { cpu, cores, memoryGiB, disk, loadBefore } = conditions.machine;
const began = performance.now();
const seconds = () => `${((performance.now() - began) / 1000).toFixed(0)} s`;
console.log(`\n  ${cpu}, ${cores} cores, ${memoryGiB} GiB, ${disk}, load ${loadBefore.toFixed(1)} before`);

const site = await sharedSite();
const metrics: Metric[] = [];
try {
  for (const medium of media) {
    const stage = await createStage(medium);
    try {
      const length = lengthOn(medium, extent);
      for (const bench of chosen) {
        for (const other of chosen) await other.between?.(stage, length);
        console.log(`  ${seconds()}  ${bench.id} on ${medium} …`);
        const found = await bench.run(stage, length);
        metrics.push(...found);
        for (const { id, ours, unit, ratio, target, holds } of found) {
          const mark = holds === null ? ' ' : holds ? '✓' : '✗';
          console.log(`    ${mark} ${id}: ${ours} ${unit}, ${ratio ?? '–'}× (${target ?? 'no target'})`);
        }
      }
    } finally {
      await stage.stop();
    }
  }
} finally {
  await site.release();
}

console.log(`\n${tableOf(metrics)}\n\n  ${extent} run, ${seconds()}\n`);
if (values.json)
  await writeFile(values.json, `${JSON.stringify({ ...conditions, length: extent, metrics }, null, 2)}\n`);
process.exit(0);

/**
 * The whole run measures on memory as well, so that the disk and the design can be told apart. One line alone is
 * measured on both, too.
 */
function mediaOf(of: Extent): Medium[] {
  const both = of === 'full' || (of === 'quick' && wanted !== undefined);
  return both && existsSync('/dev/shm') ? ['disk', 'memory'] : ['disk'];
}

/** In memory the same is measured in shorter rounds: there a round has no fsyncs to meet a slow one of. */
function lengthOn(medium: Medium, of: Extent): Length {
  return { time: medium === 'memory' && of === 'full' ? 'quick' : of, scene: of };
}
