import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';

const run = promisify(execFile);
const bench = (...words: string[]) =>
  run(process.execPath, [
    '--disable-warning=ExperimentalWarning',
    path.join(import.meta.dirname, 'run.ts'),
    ...words,
  ]);

const metricSchema = z.object({
  id: z.string(),
  what: z.string(),
  unit: z.string(),
  medium: z.enum(['disk', 'memory']),
  ours: z.number().positive(),
  other: z.record(z.string(), z.number().positive()),
  ratio: z.number().positive().nullable(),
  target: z.string().nullable(),
  holds: z.boolean().nullable(),
});
const reportSchema = z.object({
  machine: z.object({ cpu: z.string(), cores: z.number() }),
  versions: z.record(z.string(), z.string()),
  metrics: z.array(metricSchema),
});

test('any line of the benchmark runs alone and says what it found as JSON', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'bench-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = path.join(folder, 'result.json');
  const { stdout } = await bench('--tiny', '--only', 'deliver', '--json', file);
  const { metrics } = reportSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  expect(metrics.map(({ id }) => id)).toEqual(['deliver.p50', 'deliver.p99', 'deliver.echo']);
  expect(Object.keys(metrics[0]?.other ?? {})).toEqual([
    'naive room',
    'echo',
    'relay',
    'ours, Postgres away',
  ]);
  for (const { id } of metrics) expect(stdout).toContain(`| **${id}** `);
}, 60_000);

test('a line that does not exist is refused with the names of those that do', async () => {
  await expect(bench('--only', 'nothing')).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining('hot-room'),
  });
});
