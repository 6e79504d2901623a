import { defineConfig } from 'vitest/config';
import { root, support } from '../support/project-root.ts';

/** Whoever means harm, against the built Worker, Postgres and Auth. */
export default defineConfig({
  test: {
    // A project's root is its folder, whatever else is said; its tests lie beside the code.
    dir: root,
    name: 'attacks',
    include: ['tests/attacks/**/*.test.ts'],
    environment: 'node',
    globalSetup: [support('setup-own-backend.ts'), support('setup-site.ts')],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    sequence: { groupOrder: 3 },
  },
});
