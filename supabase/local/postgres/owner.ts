import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

interface Owner {
  pid: number;
  /** When that process began, as the system tells it: a process id alone comes back. */
  began: string;
}

/**
 * Takes the data folder for this process, so that two starts do not fight over one cluster.
 * Throws when a living process has it (this one included). A dead owner's claim is taken over.
 */
export async function claim(dataDir: string): Promise<void> {
  const file = path.join(dataDir, 'owner.json');
  const owner = await readFile(file, 'utf8').then(
    (text) => JSON.parse(text) as Owner,
    () => null,
  );
  if (owner && processStart(owner.pid) === owner.began) {
    throw new Error(`Postgres in ${dataDir} is already run by process ${owner.pid}. Stop that one first.`);
  }
  await writeFile(
    file,
    JSON.stringify({ pid: process.pid, began: processStart(process.pid) ?? '' } satisfies Owner),
  );
}

/** Gives the data folder back. */
export async function release(dataDir: string): Promise<void> {
  await rm(path.join(dataDir, 'owner.json'), { force: true });
}

/**
 * Ends the server that a killed process (`kill -9`) left behind in `cluster`, and clears a `postmaster.pid` that no
 * server stands behind: Postgres itself refuses to start when that number has been given to another process since.
 * Call only after `claim`.
 */
export async function endLeftover(cluster: string): Promise<void> {
  const file = path.join(cluster, 'postmaster.pid');
  const pid = await readFile(file, 'utf8').then(
    (text) => Number.parseInt(text, 10),
    () => Number.NaN,
  );
  if (Number.isNaN(pid)) return;
  if (isPostgresOf(pid, cluster)) {
    process.kill(pid, 'SIGINT');
    for (let waited = 0; processStart(pid) !== null; waited += 20) {
      if (waited === 10_000) process.kill(pid, 'SIGQUIT');
      if (waited > 20_000) throw new Error(`the Postgres left behind (process ${pid}) does not end`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  await rm(file, { force: true });
}

/** When the process began, as the system tells it; null when there is none (a zombie is none). */
export function processStart(pid: number): string | null {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return null;
  }
  if (process.platform === 'linux') {
    try {
      // Field 22 of /proc/<pid>/stat; the name before it may hold spaces and brackets. A zombie is gone already.
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ');
      return fields[0] === 'Z' ? null : (fields[19] ?? '');
    } catch {
      return null;
    }
  }
  return ps(pid, 'lstart');
}

function isPostgresOf(pid: number, cluster: string): boolean {
  if (processStart(pid) === null) return false;
  const command =
    process.platform === 'linux' ? readFileSync(`/proc/${pid}/cmdline`, 'utf8') : (ps(pid, 'command') ?? '');
  return command.includes('postgres') && command.includes(cluster);
}

function ps(pid: number, field: string): string | null {
  // Windows has no ps; there the claim always passes and Postgres' own check has the last word.
  if (process.platform === 'win32') return null;
  try {
    return execFileSync('ps', ['-o', `${field}=`, '-p', String(pid)], { encoding: 'utf8' }).trim() || null;
  } catch {
    return null;
  }
}
