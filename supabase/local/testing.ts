import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import { type Backend, type BackendOptions, startBackend } from './backend.ts';

export interface TestBackend extends Backend {
  /** A new client with the public key, its own session kept in memory alone. Give headers to pose as a server. */
  client(headers?: Record<string, string>): SupabaseClient;
  /** A new client with the service role's key. */
  admin(headers?: Record<string, string>): SupabaseClient;
}

/**
 * A whole backend of its own for a test file: temporary folder, free ports, no fsync, cheap password hashes.
 * `stop()` also removes the folder. Seeded accounts are there unless `seed: false`.
 */
export async function startTestBackend(
  options: Partial<Omit<BackendOptions, 'dataDir' | 'durable'>> = {},
): Promise<TestBackend> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'wellchina-test-'));
  const remove = () => rm(dataDir, { recursive: true, force: true });
  const backend = await startBackend({
    authPort: 0,
    postgresPort: 0,
    ...options,
    dataDir,
    durable: false,
    settings: { bcryptCost: 4, ...options.settings },
  }).catch(async (error: unknown) => {
    await remove();
    throw error;
  });
  const make = (key: string, headers: Record<string, string> = {}) =>
    createClient(backend.supabaseUrl, key, {
      auth: { autoRefreshToken: false, persistSession: false, detectSessionInUrl: false },
      global: { headers },
    });
  return {
    ...backend,
    client: (headers) => make(backend.anonKey, headers),
    admin: (headers) => make(backend.serviceRoleKey, headers),
    async stop() {
      await backend.stop();
      await remove();
    },
  };
}
