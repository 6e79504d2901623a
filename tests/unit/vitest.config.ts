import { defineConfig } from 'vitest/config';
import { compileLocales } from '../../app/i18n/compile-locales.ts';
import { root, support } from '../support/project-root.ts';

/** Pure code under Node; some of it asks the run's Postgres. */
export default defineConfig({
  plugins: [compileLocales()],
  test: {
    // A project's root is its folder, whatever else is said; its tests lie beside the code.
    dir: root,
    name: 'unit',
    include: ['{app,workers,drizzle}/**/*.test.{ts,tsx}', 'tests/{support,access}/**/*.test.ts'],
    exclude: ['**/*.workerd.test.ts', '**/node_modules/**'],
    environment: 'node',
    globalSetup: [support('setup-backend.ts')],
    setupFiles: [support('no-console-errors.ts')],
    sequence: { groupOrder: 0 },
  },
});
