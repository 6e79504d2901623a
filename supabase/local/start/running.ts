import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { writeWhole } from '../whole-file.ts';
import { claim, holder } from './turn.ts';

/** `running.json`: where everything is, for tools and tests. There only while everything answers. */
export const Running = z.object({
  site: z.url(),
  desk: z.url(),
  supabaseUrl: z.url(),
  anonKey: z.string(),
  serviceRoleKey: z.string(),
  databaseUrl: z.string(),
  mailDir: z.string(),
  /** The start command's own process; SIGTERM ends it and all it started. */
  pid: z.int(),
});
export type Running = z.infer<typeof Running>;

const claimFile = (folder: string) => path.join(folder, 'start.lock');
const runningFile = (folder: string) => path.join(folder, 'running.json');

/** Somebody else runs in this folder. The message says who and where. */
export class AlreadyRunning extends Error {}

/**
 * Takes the data folder for this process, and empties it when `fresh`. What a killed run left behind is cleared.
 * Throws `AlreadyRunning` while another start command lives in it.
 */
export async function takeFolder(folder: string, fresh: boolean): Promise<void> {
  await mkdir(folder, { recursive: true });
  if (!(await claim(claimFile(folder)))) {
    const other = await holder(claimFile(folder));
    const site = (await readRunning(folder))?.site;
    const where = site ? `at ${site}` : '(it is still starting)';
    throw new AlreadyRunning(
      `It is running already ${where}, as process ${other?.pid ?? 'unknown'}.` +
        (fresh
          ? ' Stop it before you begin anew with --fresh: its data is in use.'
          : ' Stop that one first.'),
    );
  }
  await rm(runningFile(folder), { force: true });
  if (!fresh) return;
  for (const name of await readdir(folder)) {
    if (name !== path.basename(claimFile(folder))) {
      await rm(path.join(folder, name), { recursive: true, force: true });
    }
  }
}

/** Gives the folder back. */
export async function leaveFolder(folder: string): Promise<void> {
  await rm(runningFile(folder), { force: true });
  await rm(claimFile(folder), { force: true });
}

/** Writes `running.json` whole: a reader sees all of it or none. Its keys open everything, so it is ours alone. */
export async function announce(folder: string, running: Running): Promise<void> {
  await writeWhole(runningFile(folder), `${JSON.stringify(running, null, 2)}\n`, { mode: 0o600 });
}

/** What runs in `folder` now; null when nothing has said so. */
export async function readRunning(folder: string): Promise<Running | null> {
  try {
    return Running.parse(JSON.parse(await readFile(runningFile(folder), 'utf8')));
  } catch {
    return null;
  }
}
