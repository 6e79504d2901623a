import { rm } from 'node:fs/promises';
import type { AuthSettings } from '../../supabase/local/auth/settings.ts';
import { type Backend, startBackend } from '../../supabase/local/backend.ts';
import { shared, temporaryFolder } from './shared.ts';

/** The backend that a project's tests share, as plain data: in a test, `inject('backend')`. */
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
 * A backend for a test that stops its parts, needs other settings, or must not meet what others have left: embedded
 * Postgres, migrated and seeded, and Auth with limits no test reaches, in a temporary folder that goes with it.
 */
export async function ownBackend(name: string, settings: Partial<AuthSettings> = {}): Promise<Backend> {
  const folder = await temporaryFolder(name);
  const leave = () => rm(folder, { recursive: true, force: true });
  const backend = await startBackend({
    dataDir: folder,
    durable: false,
    authPort: 0,
    postgresPort: 0,
    settings: { anonymousPerHour: 1_000_000, bcryptCost: 4, ...settings },
  }).catch(async (error: unknown) => {
    await leave();
    throw error;
  });
  return {
    ...backend,
    stop: async () => {
      await backend.stop();
      await leave();
    },
  };
}

/** The run's backend, as `ownBackend`: started by whoever asks first, ended when the last one has let go. */
export const sharedBackend = shared('backend', async () => {
  const backend = await ownBackend('backend');
  return { value: asPlainData(backend), end: () => backend.stop() };
});

export function asPlainData(backend: Backend): TestBackend {
  const { databaseUrl, adminUrl, supabaseUrl, anonKey, serviceRoleKey, mailDir } = backend;
  return { databaseUrl, adminUrl, supabaseUrl, anonKey, serviceRoleKey, mailDir };
}
