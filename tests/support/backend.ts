import { rm } from 'node:fs/promises';
import { startBackend } from '../../supabase/local/backend.ts';
import { shared, temporaryFolder } from './shared.ts';

/** The backend that all tests of a run share, as plain data: in a test, `inject('backend')`. */
export interface TestBackend {
  databaseUrl: string;
  adminUrl: string;
  supabaseUrl: string;
  anonKey: string;
  serviceRoleKey: string;
  mailDir: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    backend: TestBackend;
  }
}

/**
 * The run's backend: embedded Postgres, migrated and seeded, and Auth with limits no test reaches. Started by whoever
 * asks first, ended when the last one has let go. A test that stops Postgres or Auth starts a backend of its own.
 */
export const sharedBackend = shared('backend', async () => {
  const folder = await temporaryFolder('backend');
  const backend = await startBackend({
    dataDir: folder,
    durable: false,
    authPort: 0,
    postgresPort: 0,
    settings: { anonymousPerHour: 1_000_000, bcryptCost: 4 },
  });
  const { databaseUrl, adminUrl, supabaseUrl, anonKey, serviceRoleKey, mailDir } = backend;
  return {
    value: { databaseUrl, adminUrl, supabaseUrl, anonKey, serviceRoleKey, mailDir } satisfies TestBackend,
    end: async () => {
      await backend.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
});
