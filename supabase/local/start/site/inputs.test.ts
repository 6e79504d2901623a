import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { digest } from './inputs.ts';

let folder: string;
const inputs = { paths: ['app', 'lock.json'], except: ['app/desk'] };

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'inputs-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await mkdir(path.join(folder, 'app/desk'), { recursive: true });
  await writeFile(path.join(folder, 'app/root.tsx'), 'one');
});

async function changes(work: () => Promise<void>): Promise<boolean> {
  const before = await digest(inputs, folder);
  await work();
  return before !== (await digest(inputs, folder));
}

test('an edited, a new and a renamed file ask for a build', async () => {
  expect(await changes(() => writeFile(path.join(folder, 'app/root.tsx'), 'two'))).toBe(true);
  expect(await changes(() => writeFile(path.join(folder, 'app/new.tsx'), ''))).toBe(true);
  expect(await changes(() => writeFile(path.join(folder, 'lock.json'), '{}'))).toBe(true);
});

test('a file saved without a change asks for none', async () => {
  const later = new Date(Date.now() + 60_000);
  expect(await changes(() => utimes(path.join(folder, 'app/root.tsx'), later, later))).toBe(false);
});

test('tests and what is excepted ask for none', async () => {
  expect(await changes(() => writeFile(path.join(folder, 'app/root.test.tsx'), 'x'))).toBe(false);
  expect(await changes(() => writeFile(path.join(folder, 'app/desk/queue.tsx'), 'x'))).toBe(false);
});
