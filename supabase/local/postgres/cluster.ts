import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { PostgresBinaries } from './binaries.ts';
import { handOver } from './place.ts';
import type { SystemUser } from './system-user.ts';

/** The superuser's name on a hosted project. The name `postgres` stays free for the ordinary owner. */
export const SUPERUSER = 'supabase_admin';

/**
 * Makes sure that there is a whole cluster in `<home>/cluster` and returns that path.
 * It is made beside (`cluster.new`) and moved into place when complete, so one that was interrupted is made anew.
 * Throws with initdb's own words when it fails.
 */
export async function ensureCluster(
  home: string,
  password: string,
  binaries: PostgresBinaries,
  user: SystemUser | null,
  durable: boolean,
): Promise<string> {
  const cluster = path.join(home, 'cluster');
  const done = await stat(path.join(cluster, 'PG_VERSION')).then(
    () => true,
    () => false,
  );
  if (done) return cluster;
  const half = path.join(home, 'cluster.new');
  const passwordFile = path.join(home, 'password.new');
  await rm(half, { recursive: true, force: true });
  await rm(cluster, { recursive: true, force: true });
  await mkdir(half, { mode: 0o700 });
  await handOver(half, user);
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  await handOver(passwordFile, user);
  try {
    await initdb(binaries, user, [
      `--pgdata=${half}`,
      `--username=${SUPERUSER}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      // The password is 128 random bits: stretching it gains nothing and costs every connection some milliseconds.
      '--set=scram_iterations=1',
      '--encoding=UTF8',
      '--locale=C',
      '--no-instructions',
      ...(durable ? [] : ['--no-sync']),
    ]);
    await rename(half, cluster);
  } finally {
    await rm(passwordFile, { force: true });
  }
  return cluster;
}

/** The password of both logins, made at the first start and kept beside the cluster, readable by us alone. */
export async function ensurePassword(dataDir: string): Promise<string> {
  const file = path.join(dataDir, 'password');
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch {
    const password = randomBytes(16).toString('hex');
    await writeFile(file, password, { mode: 0o600 });
    return password;
  }
}

function initdb(binaries: PostgresBinaries, user: SystemUser | null, args: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(binaries.initdb, args, {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, LC_ALL: 'C' },
      cwd: '/',
      ...(user ?? {}),
    });
    let words = '';
    child.stderr.on('data', (chunk: Buffer) => {
      words += chunk.toString();
    });
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`initdb failed (${code ?? 'killed'}): ${words.trim()}`));
    });
  });
}
