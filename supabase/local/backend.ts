/**
 * The whole local backend in one call: Postgres, the platform a hosted Supabase project starts with, the
 * migrations, the Auth stand-in and the seeded accounts. Development and tests only.
 */
import type { AuthSettings } from './auth/settings.ts';
import type { RunningPostgres } from './postgres.ts';

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

export interface RunningAuth {
  url: string;
  anonKey: string;
  serviceRoleKey: string;
  port: number;
  /** Closes the port and every connection; start again with `restart()`. */
  stop(): Promise<void>;
  /** Listens again on the same port, with the same key and settings. */
  restart(): Promise<void>;
}

/**
 * Starts (or goes on with) the backend in `dataDir`.
 * Throws what its parts throw: `startPostgres`, `migrate` (with file, position and SQLSTATE) and `seed`.
 */
export async function startBackend(_options: BackendOptions): Promise<Backend> {
  throw new Error('not there yet');
}
