import path from 'node:path';
import { cloudflareTest } from '@cloudflare/vitest-pool-workers';
import { defineConfig } from 'vitest/config';
import { root, support } from '../support/project-root.ts';

// wrangler wants a database before the tests' own is there; see `hyperdrives` below.
process.env.CLOUDFLARE_HYPERDRIVE_LOCAL_CONNECTION_STRING_HYPERDRIVE ??= 'postgres://u:p@127.0.0.1:1/none';

// Otherwise Miniflare asks Cloudflare what `request.cf` might look like, once for every file.
process.env.CLOUDFLARE_CF_FETCH_ENABLED = 'false';

/** Durable Objects and Store in the real runtime, with real Postgres. */
export default defineConfig({
  plugins: [
    cloudflareTest(({ inject }) => {
      const backend = inject('backend');
      return {
        main: path.join(root, 'workers/test-entry.ts'),
        wrangler: { configPath: path.join(root, 'wrangler.toml') },
        miniflare: {
          hyperdrives: { HYPERDRIVE: backend.databaseUrl },
          bindings: {
            SUPABASE_URL: backend.supabaseUrl,
            SUPABASE_ANON_KEY: backend.anonKey,
            SUPABASE_SERVICE_ROLE_KEY: backend.serviceRoleKey,
            // What a test has said is written soon after, however fast it says it.
            LIMITS: JSON.stringify({ flushIntervalMs: 0 }),
            TICKET_SECRET: 'a secret for tests, long enough to be one',
          },
        },
      };
    }),
  ],
  test: {
    // A project's root is its folder, whatever else is said; its tests lie beside the code.
    dir: root,
    name: 'workerd',
    include: ['workers/**/*.workerd.test.ts'],
    globalSetup: [support('setup-backend.ts')],
    setupFiles: [support('no-console-errors.ts')],
    // Files wait more than they compute; those of `system`, of the same group, run beside them.
    maxWorkers: 3,
    sequence: { groupOrder: 1 },
  },
});
