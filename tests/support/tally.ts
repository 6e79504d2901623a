import type { TestCase, TestModule, TestSuite, Vitest } from 'vitest/node';

export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

/**
 * Counts what a run came to. A file that does not load, a hook that throws and an error nobody caught are failures, too:
 * none of them has a test to its name, and none of them may pass for success.
 */
export function tally(vitest: Pick<Vitest, 'state'>): Tally {
  const result: Tally = { passed: 0, failed: 0, skipped: 0 };
  for (const module of vitest.state.getTestModules()) {
    result.failed += errorsOutsideTests(module);
    for (const test of module.children.allTests()) result[outcome(test)]++;
  }
  result.failed += vitest.state.getUnhandledErrors().length;
  return result;
}

/** `3 passed, 0 failed`, and the skipped ones when there are any. */
export function closingLine({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

function outcome(test: TestCase): keyof Tally {
  const { state } = test.result();
  // Pending: it never ran, because its file broke off.
  return state === 'pending' ? 'failed' : state;
}

function errorsOutsideTests(module: TestModule): number {
  const suites: (TestModule | TestSuite)[] = [module, ...module.children.allSuites()];
  return suites.reduce((sum, suite) => sum + suite.errors().length, 0);
}
