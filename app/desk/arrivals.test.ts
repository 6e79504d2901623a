import { expect, it } from 'vitest';
import { arrivals } from './arrivals.ts';
import { active, ME, summary } from './summaries.fixture.ts';

it('makes no news of what was there at the first look', () => {
  expect(arrivals(null, [summary(1)])).toEqual([]);
});

it('tells who is new and waiting, and nobody twice', () => {
  const first = summary(1);
  const second = summary(2);
  expect(arrivals(new Set([first.id]), [first, second, active(3, ME)])).toEqual([second]);
});
