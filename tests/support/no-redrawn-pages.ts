import { afterEach, expect } from 'vitest';
import { failuresToHydrate } from './browser.ts';

/** A page that React could not hydrate fails the test it was opened in, whatever else the test looks at. */
afterEach(() => {
  expect(failuresToHydrate.splice(0), 'pages that could not be hydrated').toEqual([]);
});
