import { defineConfig } from 'vitest/config';
import { root, support } from '../support/project-root.ts';

/** The start command, the local backend and the built Worker as processes, talked to from outside. */
export default defineConfig({
  test: {
    // A project's root is its folder, whatever else is said; its tests lie beside the code.
    dir: root,
    name: 'system',
    include: ['tests/system/**/*.test.ts', 'tests/bench/**/*.test.ts', 'supabase/local/**/*.test.ts'],
    environment: 'node',
    globalSetup: [support('setup-backend.ts'), support('setup-site.ts')],
    // Processes need a while on a busy machine; a test that hangs is still found.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 3,
    sequence: { groupOrder: 1 },
  },
});
