import { expect, test } from 'vitest';
import { clientFrameSchema } from '../protocol/frames.ts';
import { newClientId } from './client-id.ts';

const isTaken = (id: string) =>
  clientFrameSchema.safeParse({ t: 'send', id, kind: 'text', text: 'hello' }).success;

test('ids made later come later', () => {
  const ids = [0, 1, 1_795_390_228_812, 1_795_390_228_813, 2 ** 47].map(newClientId);
  expect(ids.toSorted()).toEqual(ids);
});

test('ids of one moment are different', () => {
  expect(new Set(Array.from({ length: 1_000 }, () => newClientId(7))).size).toBe(1_000);
});

test.each([
  ['right', Date.now()],
  ['before the epoch', -1],
  ['between two milliseconds', 12.5],
  ['centuries ahead', 2 ** 53],
])('an id by a clock that is %s is a UUID the room takes', (_, now) => {
  expect(newClientId(now)).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/u);
  expect(isTaken(newClientId(now))).toBe(true);
});
