import { expect, test } from 'vitest';
import { Gatherer } from './gatherer.ts';

/** A gatherer whose deferred turns come when the test says. */
function gatherer(commit: (items: number[]) => void = () => {}) {
  const batches: number[][] = [];
  const turns: (() => void)[] = [];
  const gathered = new Gatherer<number>(
    (items) => {
      batches.push(items);
      commit(items);
    },
    (run) => turns.push(run),
  );
  return { gathered, batches, turn: () => turns.shift()?.(), turnsLeft: () => turns.length };
}

test('the first is committed at once', () => {
  const { gathered, batches } = gatherer();
  gathered.add(1);
  expect(batches).toEqual([[1]]);
});

test('those that come meanwhile are committed together, in their order', () => {
  const { gathered, batches, turn } = gatherer();
  for (const item of [1, 2, 3, 4]) gathered.add(item);
  expect(batches).toEqual([[1]]);
  turn();
  expect(batches).toEqual([[1], [2, 3, 4]]);
  gathered.add(5);
  turn();
  expect(batches).toEqual([[1], [2, 3, 4], [5]]);
});

test('when none is left it rests, holding no turn, and the next goes at once again', () => {
  const { gathered, batches, turn, turnsLeft } = gatherer();
  gathered.add(1);
  turn();
  expect(turnsLeft()).toBe(0);
  gathered.add(2);
  expect(batches).toEqual([[1], [2]]);
});

test('after company the next waits a turn for more; one that then comes alone goes at once again', () => {
  const { gathered, batches, turn, turnsLeft } = gatherer();
  for (const item of [1, 2, 3]) gathered.add(item);
  turn();
  turn();
  expect(turnsLeft()).toBe(0);
  for (const item of [4, 5]) gathered.add(item);
  expect(batches).toEqual([[1], [2, 3]]);
  turn();
  turn();
  gathered.add(6);
  turn();
  turn();
  gathered.add(7);
  expect(batches).toEqual([[1], [2, 3], [4, 5], [6], [7]]);
});

test('a commit that throws does not keep those behind it from their turn', () => {
  const { gathered, batches, turn } = gatherer((items) => {
    if (items.includes(1) || items.includes(2)) throw new Error('broken');
  });
  expect(() => gathered.add(1)).toThrow('broken');
  gathered.add(2);
  expect(() => turn()).toThrow('broken');
  gathered.add(3);
  turn();
  turn();
  gathered.add(4);
  expect(batches).toEqual([[1], [2], [3], [4]]);
});
