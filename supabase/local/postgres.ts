import path from 'node:path';
import postgres from 'postgres';
import { freePortOrOther } from './ports.ts';
import { findBinaries } from './postgres/binaries.ts';
import { ensureCluster, ensurePassword, SUPERUSER } from './postgres/cluster.ts';
import { claim, endLeftover, release } from './postgres/owner.ts';
import { clusterHome, reachableBinaries } from './postgres/place.ts';
import { launch, PortTaken, type ServerProcess, StillHeld } from './postgres/server.ts';
import { postgresUser } from './postgres/system-user.ts';
import { processStart } from './processes.ts';

export interface PostgresOptions {
  /** Folder of the cluster and its password. Made when missing. */
  dataDir: string;
  /** Wanted port; another free one is taken when it is busy. Default 54322; 0 = any. */
  port?: number;
  /** false: fsync off and the like, for tests whose data may be lost with the machine. Default true. */
  durable?: boolean;
  log?: (line: string) => void;
}

export interface RunningPostgres {
  /** Connection of the superuser `supabase_admin`. */
  adminUrl: string;
  /** Connection of the ordinary owner `postgres`. */
  databaseUrl: string;
  port: number;
  /** The postmaster's process id; another one after `restart()`. */
  readonly pid: number;
  /** Fast shutdown; resolves when the process is gone. May be called twice. */
  stop(): Promise<void>;
  /** Starts again on the same port with the same logins, after `stop()` or a crash. Throws when the port is taken. */
  restart(): Promise<void>;
}

/**
 * Starts an embedded Postgres on 127.0.0.1 and makes the ordinary owner `postgres`, as powerful as a hosted project's
 * and no more: no superuser, but createrole, createdb, replication and bypassrls.
 * Goes on with the data it finds, also after this process or the machine was killed.
 * Throws when another living process runs this data folder, or when Postgres does not come up (with its last words).
 */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const { durable = true, log = () => {} } = options;
  const dataDir = path.resolve(options.dataDir);
  const user = await postgresUser();
  const home = await clusterHome(dataDir, user);
  await claim(dataDir);
  let started: ServerProcess | null = null;
  try {
    const binaries = await reachableBinaries(await findBinaries(), user);
    const password = await ensurePassword(dataDir);
    const cluster = await ensureCluster(home, password, binaries, user, durable);
    await endLeftover(cluster);
    const logFile = path.join(dataDir, 'postgres.log');
    const start = (port: number) => launch(binaries, user, cluster, port, durable, logFile);
    const first = await onFreePort(options.port ?? 54322, start);
    let server = first.server;
    started = server;
    const { port } = first;
    let released = server.gone.then(() => release(dataDir));
    const url = (role: string) => `postgres://${role}:${password}@127.0.0.1:${port}/postgres`;
    await ensureOwner(url(SUPERUSER), password);
    log(`Postgres on 127.0.0.1:${port}`);
    return {
      adminUrl: url(SUPERUSER),
      databaseUrl: url('postgres'),
      port,
      get pid() {
        return server.pid;
      },
      async stop() {
        await server.stop();
        await released;
      },
      async restart() {
        // Killed a moment ago: its children, who hold its memory, may still be ending.
        if (processStart(server.pid) === null) await released;
        await claim(dataDir);
        await endLeftover(cluster);
        server = await start(port);
        released = server.gone.then(() => release(dataDir));
      },
    };
  } catch (error) {
    await started?.stop();
    await release(dataDir);
    throw error;
  }
}

async function onFreePort(
  wanted: number,
  start: (port: number) => Promise<ServerProcess>,
): Promise<{ server: ServerProcess; port: number }> {
  let port = await freePortOrOther(wanted);
  for (let attempt = 1; ; attempt++) {
    try {
      return { server: await start(port), port };
    } catch (error) {
      if (attempt === 20) throw error;
      if (error instanceof PortTaken) port = await freePortOrOther(0);
      else if (error instanceof StillHeld) await new Promise((resolve) => setTimeout(resolve, 250));
      else throw error;
    }
  }
}

/** Names and powers from supabase/postgres, `demote-postgres` and the role settings of its post-setup script. */
async function ensureOwner(adminUrl: string, password: string): Promise<void> {
  const sql = postgres(adminUrl, { max: 1, onnotice: () => {}, fetch_types: false });
  try {
    const [found] = await sql`select 1 from pg_roles where rolname = 'postgres'`;
    if (found) return;
    await sql.begin(async (tx) => {
      // The password is ours and hexadecimal; a utility statement takes no parameters.
      await tx.unsafe(
        `create role postgres login createrole createdb replication bypassrls password '${password}'`,
      );
      await tx.unsafe('alter database postgres owner to postgres');
      await tx.unsafe(`alter role postgres set search_path to "$user", public, extensions`);
      await tx.unsafe(`alter role ${SUPERUSER} set search_path to "$user", public, auth, extensions`);
    });
  } finally {
    await sql.end();
  }
}
