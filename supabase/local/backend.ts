/**
 * The whole local backend in one call: Postgres, the platform a hosted Supabase project starts with, the
 * migrations, the Auth stand-in and the seeded accounts. Development and tests only.
 */
import { chmod, mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type RunningAuth, startSupabaseLocal } from './auth/server.ts';
import type { AuthSettings } from './auth/settings.ts';
import { migrate } from './migrate.ts';
import { preparePlatform } from './platform.ts';
import { type RunningPostgres, startPostgres } from './postgres.ts';
import { seed } from './seed.ts';

export interface BackendOptions {
  /** Folder that holds everything: `postgres/` (the cluster), `auth/` (signing key), `mail/`. Created when missing. */
  dataDir: string;
  /** true: somebody's development data, fsync on. false: a test's, which may be lost with the machine. */
  durable: boolean;
  /** Wanted port of the Auth stand-in; the next free one is taken when it is busy. Default 54321; 0 = any free one. */
  authPort?: number;
  /** Wanted port of Postgres; another free one is taken when it is busy. Default 54322; 0 = any free one. */
  postgresPort?: number;
  /** Auth settings that differ from the development defaults. */
  settings?: Partial<AuthSettings>;
  /** Folder of the migrations; default `supabase/migrations` of this project. */
  migrationsDir?: string;
  /** Create the seeded accounts; default true. */
  seed?: boolean;
  /** One short line a step, for people. */
  log?: (line: string) => void;
}

export interface Backend {
  /** Connection of the ordinary owner `postgres` (no superuser, as on a hosted project). */
  databaseUrl: string;
  /** Connection of the superuser `supabase_admin`. */
  adminUrl: string;
  /** What `createClient` takes, for example `http://127.0.0.1:54321`. */
  supabaseUrl: string;
  anonKey: string;
  serviceRoleKey: string;
  mailDir: string;
  postgres: RunningPostgres;
  auth: RunningAuth;
  /** Stops Auth, then Postgres. May be called twice. */
  stop(): Promise<void>;
}

/**
 * Starts (or goes on with) the backend in `dataDir`.
 * Throws what its parts throw: `startPostgres`, `migrate` (with file, line and SQLSTATE) and `seed`; whatever had
 * been started by then is stopped again.
 */
export async function startBackend(options: BackendOptions): Promise<Backend> {
  const { durable, log = () => {}, seed: wantSeed = true } = options;
  const dataDir = path.resolve(options.dataDir);
  const mailDir = path.join(dataDir, 'mail');
  await mkdir(mailDir, { recursive: true });
  // As root, Postgres runs as another user, who must be able to walk through here (not to read).
  if (process.getuid?.() === 0) await chmod(dataDir, (await stat(dataDir)).mode | 0o011);
  const postgres = await startPostgres({
    dataDir: path.join(dataDir, 'postgres'),
    durable,
    log,
    ...(options.postgresPort === undefined ? {} : { port: options.postgresPort }),
  });
  let auth: RunningAuth | null = null;
  const stop = async () => {
    await auth?.stop();
    await postgres.stop();
  };
  try {
    const { adminUrl, databaseUrl } = postgres;
    await preparePlatform(adminUrl);
    await migrate(databaseUrl, options.migrationsDir ?? defaultMigrations, { log });
    auth = await startSupabaseLocal({
      databaseUrl: adminUrl,
      stateDir: path.join(dataDir, 'auth'),
      mailDir,
      log,
      ...(options.authPort === undefined ? {} : { port: options.authPort }),
      ...(options.settings === undefined ? {} : { settings: options.settings }),
    });
    const { url, anonKey, serviceRoleKey } = auth;
    if (wantSeed) await seed({ url, serviceRoleKey, databaseUrl });
    return {
      databaseUrl,
      adminUrl,
      supabaseUrl: url,
      anonKey,
      serviceRoleKey,
      mailDir,
      postgres,
      auth,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

const defaultMigrations = fileURLToPath(new URL('../migrations', import.meta.url));
