import { defineConfig } from 'vitest/config';
import { root, support } from '../support/project-root.ts';

/** Pure code under Node; some of it asks the run's Postgres. */
export default defineConfig({
  root,
  test: {
    name: 'unit',
    include: ['{app,workers,drizzle}/**/*.test.{ts,tsx}', 'tests/support/**/*.test.ts'],
    exclude: ['**/*.workerd.test.ts', '**/node_modules/**'],
    environment: 'node',
    globalSetup: [support('setup-backend.ts')],
    setupFiles: [support('no-console-errors.ts')],
    sequence: { groupOrder: 0 },
  },
});
