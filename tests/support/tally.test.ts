import { expect, test } from 'vitest';
import { closingLine, type Tally, tally } from './tally.ts';

type State = Parameters<typeof tally>[0]['state'];

function run(states: string[], { suiteErrors = 0, unhandled = 0 } = {}): Tally {
  const suite = (errors: number) => ({ errors: () => Array.from({ length: errors }) });
  const module = {
    ...suite(0),
    children: {
      allTests: () => states.map((state) => ({ result: () => ({ state }) })),
      allSuites: () => [suite(suiteErrors)],
    },
  };
  const state = {
    getTestModules: () => [module],
    getUnhandledErrors: () => Array.from({ length: unhandled }),
  };
  return tally({ state: state as unknown as State });
}

test('tests are counted by how they ended', () => {
  expect(run(['passed', 'passed', 'failed', 'skipped'])).toEqual({ passed: 2, failed: 1, skipped: 1 });
});

test('a hook that throws, an uncaught error and a test that never ran are failures', () => {
  expect(run(['passed'], { suiteErrors: 1 }).failed).toBe(1);
  expect(run(['passed'], { unhandled: 2 }).failed).toBe(2);
  expect(run(['pending']).failed).toBe(1);
});

test('the closing line is one that a script can read', () => {
  expect(closingLine({ passed: 3, failed: 0, skipped: 0 })).toBe('3 passed, 0 failed');
  expect(closingLine({ passed: 3, failed: 1, skipped: 2 })).toBe('3 passed, 1 failed, 2 skipped');
});
