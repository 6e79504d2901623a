import { describe, expect, test } from 'vitest';
import { logRow } from '../testing/records.ts';
import type { LogRow } from './records.ts';
import { resume } from './welcome.ts';

const PAGE = 200;
const EPOCH = 3;

/** A log of `head` messages, as the room's answers. */
function logOf(head: number) {
  const rows = Array.from({ length: head }, (_, index) => logRow(index + 1));
  return {
    head,
    after: (seq: number, limit: number): LogRow[] => rows.filter((row) => row.seq > seq).slice(0, limit),
    before: (seq: number, limit: number): LogRow[] => rows.filter((row) => row.seq < seq).slice(-limit),
  };
}

function welcome(head: number, hello: { after: number | null; epoch?: number }) {
  const { rows, gap, reset } = resume(logOf(head), EPOCH, hello, PAGE);
  return { seqs: [rows[0]?.seq, rows.at(-1)?.seq], count: rows.length, gap, reset };
}

describe.each([300, 1_000])('of a log of %i', (head) => {
  test.each([0, 1, 199, 200])('%i missed: all of them, without a gap', (missed) => {
    expect(welcome(head, { after: head - missed, epoch: EPOCH })).toEqual({
      seqs: missed === 0 ? [undefined, undefined] : [head - missed + 1, head],
      count: missed,
      gap: false,
      reset: false,
    });
  });

  test.each([201, 250])('%i missed: the newest page, and word of the gap', (missed) => {
    expect(welcome(head, { after: head - missed, epoch: EPOCH })).toEqual({
      seqs: [head - PAGE + 1, head],
      count: PAGE,
      gap: true,
      reset: false,
    });
  });
});

test('a client with nothing gets everything, or the newest page', () => {
  expect(welcome(0, { after: null })).toMatchObject({ count: 0, gap: false, reset: false });
  expect(welcome(200, { after: null })).toMatchObject({ count: 200, gap: false, reset: false });
  expect(welcome(201, { after: null })).toMatchObject({ seqs: [2, 201], gap: true, reset: false });
  expect(welcome(5, { after: 0 })).toMatchObject({ seqs: [1, 5], gap: false, reset: false });
});

test('further than the head: it is another history, so forget and begin anew', () => {
  expect(welcome(10, { after: 11, epoch: EPOCH })).toEqual({
    seqs: [1, 10],
    count: 10,
    gap: false,
    reset: true,
  });
  expect(welcome(0, { after: 1 })).toMatchObject({ count: 0, reset: true });
  expect(welcome(500, { after: 501 })).toMatchObject({ seqs: [301, 500], gap: true, reset: true });
});

test('another epoch: what the client holds says nothing, however well it fits', () => {
  expect(welcome(10, { after: 10, epoch: 2 })).toEqual({ seqs: [1, 10], count: 10, gap: false, reset: true });
  expect(welcome(500, { after: 499, epoch: 4 })).toMatchObject({ seqs: [301, 500], gap: true, reset: true });
});

test('a client that names no epoch is taken at its word', () => {
  expect(welcome(10, { after: 8 })).toMatchObject({ seqs: [9, 10], reset: false });
});
