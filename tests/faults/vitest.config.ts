import { defineConfig } from 'vitest/config';
import { root, support } from '../support/project-root.ts';

/** Every fault that the design promises to survive, in its short form: the real Worker, Postgres and Auth, broken. */
export default defineConfig({
  test: {
    // A project's root is its folder, whatever else is said; its tests lie beside the code.
    dir: root,
    name: 'faults',
    include: ['tests/faults/**/*.test.ts'],
    environment: 'node',
    globalSetup: [support('setup-site.ts')],
    testTimeout: 240_000,
    hookTimeout: 120_000,
    // Each file has a world of its own, and mostly waits; the attacks, of the same group, run beside them.
    maxWorkers: 2,
    sequence: { groupOrder: 3 },
  },
});
