import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { isAlive, ourselves, type ProcessIdentity } from '../processes.ts';

/**
 * Runs `work` while no other process does the same under `file`: two builds into one folder would spoil each other.
 * Waits for the other to finish; the claim of a process that died is taken over.
 */
export async function inTurn<T>(file: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  await mkdir(path.dirname(file), { recursive: true });
  while (!(await claim(file))) {
    signal?.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

/**
 * Claims `file` for this process. false: a living process, this one included, has it.
 * Whoever has it is told by `holder`.
 */
export async function claim(file: string): Promise<boolean> {
  try {
    await writeFile(file, JSON.stringify(ourselves()), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    if (await holder(file)) return false;
    await rm(file, { force: true });
    return claim(file);
  }
}

/** The living process that has claimed `file`, if any. */
export async function holder(file: string): Promise<ProcessIdentity | null> {
  try {
    const identity = JSON.parse(await readFile(file, 'utf8')) as ProcessIdentity;
    return isAlive(identity) ? identity : null;
  } catch {
    return null;
  }
}
