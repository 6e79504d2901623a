import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '..');
const tool = path.join(root, 'node_modules/drizzle-kit/bin.cjs');
const migrations = 'supabase/migrations';
let folder: string;

/** A copy of what drizzle-kit reads and writes, so that a test can't add a migration to the project. */
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'wellchina-migrations-'));
  await mkdir(path.join(folder, 'supabase'));
  await cp(path.join(root, migrations), path.join(folder, migrations), { recursive: true });
  await cp(path.join(root, 'drizzle'), path.join(folder, 'drizzle'), { recursive: true });
  // What the schema takes its closed unions from.
  await cp(path.join(root, 'app/protocol'), path.join(folder, 'app/protocol'), { recursive: true });
  await cp(path.join(root, 'package.json'), path.join(folder, 'package.json'));
  await symlink(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('the migrations make the schema that the code describes: nothing is left to generate', async () => {
  const before = await readdir(path.join(folder, migrations), { recursive: true });
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    [tool, 'generate', '--config', 'drizzle/drizzle.config.ts'],
    { cwd: folder, timeout: 25_000 },
  );
  expect(stdout + stderr).toContain('No schema changes');
  expect(await readdir(path.join(folder, migrations), { recursive: true })).toEqual(before);
}, 30_000);
