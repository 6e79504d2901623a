import { expect, test } from 'vitest';
import { ingestPart, logRow } from '../testing/records.ts';
import { BATCH_MESSAGES, takeBatch } from './lane-batch.ts';
import type { IngestPart } from './records.ts';

/** A part of `conversation` with `count` messages, told apart by its first seq. */
const part = (conversation: string, first: number, count = 1): IngestPart =>
  ingestPart(
    conversation,
    Array.from({ length: count }, (_, index) => logRow(first + index)),
  );
const take = (parts: IngestPart[]) => takeBatch(parts, (item) => item);
const names = (parts: IngestPart[]) =>
  parts.map(({ conversationId, lastSeq, rows }) => `${conversationId}${(lastSeq ?? 0) - rows + 1}`);

test('everything that waits goes in one write, in order', () => {
  const { batch, rest } = take([part('a', 1), part('b', 1), part('c', 1)]);
  expect(names(batch)).toEqual(['a1', 'b1', 'c1']);
  expect(rest).toEqual([]);
});

test('a conversation is in a write once, and its second part never overtakes its first', () => {
  const { batch, rest } = take([part('a', 1), part('a', 2), part('b', 1), part('a', 3), part('b', 2)]);
  expect(names(batch)).toEqual(['a1', 'b1']);
  expect(names(rest)).toEqual(['a2', 'a3', 'b2']);
});

test('a write is never larger than its limit, unless one part alone is', () => {
  const { batch, rest } = take([
    part('a', 1, BATCH_MESSAGES - 1),
    part('b', 1, 2),
    part('c', 1, 1),
    part('b', 3, 1),
  ]);
  expect(names(batch)).toEqual(['a1', 'c1']);
  expect(names(rest)).toEqual(['b1', 'b3']);
  expect(names(take([part('a', 1, BATCH_MESSAGES + 5), part('b', 1)]).batch)).toEqual(['a1']);
});

test('whatever waits is written in the end, each part once and each conversation in order', () => {
  let waiting = Array.from({ length: 200 }, (_, index) =>
    part(`c${index % 7}-`, index, 1 + ((index * 37) % 400)),
  );
  const all = names(waiting);
  const written: string[] = [];
  while (waiting.length > 0) {
    const { batch, rest } = take(waiting);
    expect(batch.length).toBeGreaterThan(0);
    expect(new Set(batch.map(({ conversationId }) => conversationId)).size).toBe(batch.length);
    written.push(...names(batch));
    waiting = rest;
  }
  expect(written.toSorted()).toEqual(all.toSorted());
  for (let conversation = 0; conversation < 7; conversation++) {
    const own = (list: string[]) => list.filter((name) => name.startsWith(`c${conversation}-`));
    expect(own(written)).toEqual(own(all));
  }
});
