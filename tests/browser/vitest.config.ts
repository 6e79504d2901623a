import { defineConfig } from 'vitest/config';
import { root, support } from '../support/project-root.ts';

/** Real browsers on the built Worker. */
export default defineConfig({
  test: {
    // A project's root is its folder, whatever else is said; its tests lie beside the code.
    dir: root,
    name: 'browser',
    include: ['tests/browser/**/*.test.ts'],
    environment: 'node',
    globalSetup: [support('setup-own-backend.ts'), support('setup-site.ts')],
    setupFiles: [support('no-redrawn-pages.ts')],
    // For what hangs: a journey of many pages takes a minute on a machine that has other things to do.
    testTimeout: 90_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
    // Mostly they wait: for a browser, a room, a mail.
    maxWorkers: 3,
    sequence: { groupOrder: 2 },
  },
});
