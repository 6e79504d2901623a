import { randomUUID } from 'node:crypto';
import { chmod, chown, cp, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { writeWhole } from '../whole-file.ts';
import type { PostgresBinaries } from './binaries.ts';
import type { SystemUser } from './system-user.ts';

/** Where root's clusters and binaries go when the user that runs Postgres cannot walk to them. */
const SHELTER = '/var/lib/wellchina-chat';

/** In the data folder: which folder of the shelter is its cluster. */
const POINTER = 'moved-to.json';

/**
 * The folder the cluster lives in. Mostly `dataDir` itself.
 *
 * As root there is a trap: Postgres runs as another user, who must be able to walk every folder on the way, and below
 * `/root` or a private temporary folder it cannot. The folders on the way are not ours to open, so the cluster then
 * lives in `/var/lib/wellchina-chat/<id>`, and the data folder holds the id: deleting the data folder still means
 * beginning anew, and clusters whose data folder is gone are cleared away here.
 */
export async function clusterHome(dataDir: string, user: SystemUser | null): Promise<string> {
  await mkdir(dataDir, { recursive: true });
  if (!user) return dataDir;
  // The data folder is ours: search permission (not read) may be given.
  await chmod(dataDir, (await stat(dataDir)).mode | 0o011);
  if (await canWalk(dataDir, user)) {
    // A cluster begun in the shelter stays there, even when the way has been opened since.
    const before = await pointed(dataDir);
    if (!before) return dataDir;
  }
  await clearOrphans();
  const id = (await pointed(dataDir)) ?? randomUUID();
  const home = path.join(SHELTER, id);
  // The pointer first, and both whole: what has no pointer to it is cleared away by whoever looks.
  await writeWhole(path.join(dataDir, POINTER), JSON.stringify({ id, home }));
  await mkdir(home, { recursive: true });
  await chmod(SHELTER, 0o755);
  await writeWhole(path.join(home, 'belongs-to.txt'), dataDir);
  return home;
}

/**
 * Binaries that `user` can execute: the installed ones, or a copy in the shelter when `node_modules` is out of reach.
 * The copy is made once and moved into place whole, so a broken copy is never used.
 */
export async function reachableBinaries(
  binaries: PostgresBinaries,
  user: SystemUser | null,
): Promise<PostgresBinaries> {
  if (!user || (await canWalk(binaries.home, user))) return binaries;
  const version = path.basename(path.dirname(binaries.home));
  const { version: release } = JSON.parse(
    await readFile(path.join(path.dirname(binaries.home), 'package.json'), 'utf8'),
  ) as { version: string };
  const copy = path.join(SHELTER, `binaries-${version}-${release}`);
  if (!(await exists(copy))) {
    await mkdir(SHELTER, { recursive: true });
    await chmod(SHELTER, 0o755);
    const half = `${copy}.${randomUUID()}`;
    await cp(binaries.home, half, { recursive: true, verbatimSymlinks: true });
    await chmod(half, 0o755);
    await rename(half, copy).catch(async (error: unknown) => {
      await rm(half, { recursive: true, force: true });
      // Another process was quicker: its copy is as good.
      if (!(await exists(copy))) throw error;
    });
  }
  const moved = (file: string) => path.join(copy, path.relative(binaries.home, file));
  return { home: copy, initdb: moved(binaries.initdb), postgres: moved(binaries.postgres) };
}

/** Gives a folder to `user`, so that it may write there. Does nothing when we run Postgres as ourselves. */
export async function handOver(folder: string, user: SystemUser | null): Promise<void> {
  if (user) await chown(folder, user.uid, user.gid);
}

/** Whether `user` has search permission on `folder` and on everything above it (mode bits; ACLs are not looked at). */
async function canWalk(folder: string, user: SystemUser): Promise<boolean> {
  for (let step = path.resolve(folder); ; step = path.dirname(step)) {
    const { mode, uid, gid } = await stat(step);
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (step === path.dirname(step)) return true;
  }
}

async function pointed(dataDir: string): Promise<string | null> {
  try {
    const { id } = JSON.parse(await readFile(path.join(dataDir, POINTER), 'utf8')) as { id: string };
    return (await exists(path.join(SHELTER, id))) ? id : null;
  } catch {
    return null;
  }
}

async function clearOrphans(): Promise<void> {
  for (const id of await readdir(SHELTER).catch(() => [])) {
    const home = path.join(SHELTER, id);
    const dataDir = await readFile(path.join(home, 'belongs-to.txt'), 'utf8').catch(() => null);
    if (dataDir !== null && (await pointed(dataDir)) !== id) await rm(home, { recursive: true, force: true });
  }
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
