import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { AlreadyRunning, announce, leaveFolder, readRunning, takeFolder } from './running.ts';

const running = {
  site: 'http://localhost:8787/',
  desk: 'http://localhost:8787/agent',
  supabaseUrl: 'http://127.0.0.1:54321',
  anonKey: 'a',
  serviceRoleKey: 's',
  databaseUrl: 'postgres://127.0.0.1:54322/postgres',
  mailDir: '/tmp/mail',
  pid: 42,
};

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'running-'));
  onTestFinished(() => rm(folder, { recursive: true }));
});

test('what was announced is read back, and gone after leaving', async () => {
  await takeFolder(folder, false);
  await announce(folder, running);
  expect(await readRunning(folder)).toEqual(running);
  await leaveFolder(folder);
  expect(await readRunning(folder)).toBeNull();
});

test('a second start is refused and told where the first one is', async () => {
  await takeFolder(folder, false);
  await announce(folder, running);
  await expect(takeFolder(folder, false)).rejects.toThrow('running already at http://localhost:8787/');
});

test('--fresh deletes nothing while another run is alive', async () => {
  await takeFolder(folder, false);
  await writeFile(path.join(folder, 'data'), 'precious');
  await expect(takeFolder(folder, true)).rejects.toBeInstanceOf(AlreadyRunning);
  expect(await readdir(folder)).toContain('data');
});

test('a run that was killed is no obstacle, and its running.json is cleared', async () => {
  await writeFile(path.join(folder, 'start.lock'), JSON.stringify({ pid: 2 ** 22 + 1, began: '1' }));
  await announce(folder, running);
  await takeFolder(folder, false);
  expect(await readRunning(folder)).toBeNull();
});

test('a process that was given the number of a killed run is not taken for it', async () => {
  await writeFile(path.join(folder, 'start.lock'), JSON.stringify({ pid: process.pid, began: 'long ago' }));
  await expect(takeFolder(folder, false)).resolves.toBeUndefined();
});

test('--fresh begins with an empty folder', async () => {
  await writeFile(path.join(folder, 'data'), 'old');
  await takeFolder(folder, true);
  expect(await readdir(folder)).toEqual(['start.lock']);
});
