import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface SystemUser {
  uid: number;
  gid: number;
}

/**
 * Whom Postgres runs as. It refuses to run as root, so a root process (a container, mostly) lends it the system user
 * `postgres`, made when missing, or `nobody` where users cannot be made. `null`: run as whoever we are.
 * Throws when we are root and there is nobody else.
 */
export async function postgresUser(): Promise<SystemUser | null> {
  if (process.getuid?.() !== 0) return null;
  const known = await lookUp('postgres');
  if (known) return known;
  try {
    await run('useradd', [
      '--system',
      '--user-group',
      '--no-create-home',
      '--shell',
      '/bin/false',
      'postgres',
    ]);
  } catch {
    // No useradd, or a read-only /etc: `nobody` is there on every system.
  }
  const made = (await lookUp('postgres')) ?? (await lookUp('nobody'));
  if (!made)
    throw new Error(
      'Postgres does not run as root, and no user "postgres" could be made. Run as an ordinary user.',
    );
  return made;
}

async function lookUp(name: string): Promise<SystemUser | null> {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    return null;
  }
}
