import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { findChromium } from './chromium.ts';

let folder: string;
let program: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'chromium-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  program = path.join(folder, 'chromium');
  await writeFile(program, '');
  await chmod(program, 0o755);
});

test('CHROMIUM_PATH has the first word', async () => {
  expect(await findChromium({ CHROMIUM_PATH: program, PATH: '/usr/bin' })).toBe(program);
});

test('a CHROMIUM_PATH that leads nowhere is said, not passed over', async () => {
  await expect(findChromium({ CHROMIUM_PATH: path.join(folder, 'gone') })).rejects.toThrow('CHROMIUM_PATH');
});

test('the headless shell is taken before a whole browser', async () => {
  const shell = path.join(folder, 'chromium-headless-shell');
  await writeFile(shell, '');
  await chmod(shell, 0o755);
  expect(await findChromium({ PATH: folder })).toBe(shell);
});

test('it is found on the PATH', async () => {
  expect(await findChromium({ PATH: ['/nowhere', folder].join(path.delimiter) })).toBe(program);
});
