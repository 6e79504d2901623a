import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { commandOf, isAlive, ourselves, type ProcessIdentity, processStart } from '../processes.ts';

/**
 * Takes the data folder for this process, so that two starts do not fight over one cluster.
 * Throws when a living process has it (this one included). A dead owner's claim is taken over.
 */
export async function claim(dataDir: string): Promise<void> {
  const file = path.join(dataDir, 'owner.json');
  const owner = await readFile(file, 'utf8').then(
    (text) => JSON.parse(text) as ProcessIdentity,
    () => null,
  );
  if (owner && isAlive(owner)) {
    throw new Error(`Postgres in ${dataDir} is already run by process ${owner.pid}. Stop that one first.`);
  }
  await writeFile(file, JSON.stringify(ourselves()));
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

function isPostgresOf(pid: number, cluster: string): boolean {
  const command = commandOf(pid) ?? '';
  return command.includes('postgres') && command.includes(cluster);
}
