import { afterEach, beforeEach, expect, vi } from 'vitest';

/**
 * A `console.error` nobody expected fails the test: React's warnings and swallowed errors are found the day they come.
 * A test that expects one spies on `console.error` itself.
 */
let printed: unknown[][] = [];

beforeEach(() => {
  printed = [];
  vi.spyOn(console, 'error').mockImplementation((...words) => {
    printed.push(words);
  });
});

afterEach(() => {
  expect(printed, 'console.error was called').toEqual([]);
});
