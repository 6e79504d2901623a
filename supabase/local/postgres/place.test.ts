import { chmod, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { clusterHome } from './place.ts';
import { postgresUser } from './system-user.ts';

test('those who begin at once, out of reach of Postgres’s user, clear nothing of each other’s away', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'wellchina-test-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await chmod(folder, 0o700);
  const user = await postgresUser();
  const begun = new Map<string, string>();
  onTestFinished(async () => {
    for (const home of begun.values()) await rm(home, { recursive: true, force: true });
  });
  // Each begins folder after folder, and goes on with the one before: whoever begins looks through all there are.
  const beginner = async (name: number) => {
    for (let turn = 0; turn < 30; turn++) {
      const dataDir = path.join(folder, `${name}-${turn}`);
      begun.set(dataDir, await clusterHome(dataDir, user));
      expect(await clusterHome(dataDir, user)).toBe(begun.get(dataDir));
    }
  };
  await Promise.all([1, 2, 3, 4, 5, 6].map(beginner));
  expect(new Set(begun.values()).size).toBe(begun.size);
  for (const home of begun.values()) expect((await stat(home)).isDirectory()).toBe(true);
});
