import { describe, expect, test } from 'vitest';
import { ingestPart, logRow, marks, roomState } from '../testing/records.ts';
import type { MessagesPart } from './message-log.ts';
import { backoffMs, isBehind, nextPart, settle } from './outbox.ts';
import type { IngestOutcome, RoomState } from './records.ts';
import { toPatch } from './views.ts';

const state: RoomState = roomState({ rev: 3, epoch: 2 });

const said: MessagesPart = { rows: 1, lastSeq: 6, messages: '[{"seq":6}]' };

describe('what is handed over next', () => {
  test('nothing, when Postgres has everything', () => {
    expect(nextPart(state, marks({ flushedSeq: 5, flushedRev: 3 }), null)).toBeNull();
  });

  test('the rows that follow the mark', () => {
    expect(nextPart(state, marks({ flushedSeq: 5, flushedRev: 3 }), said)).toEqual({
      conversationId: state.conversationId,
      epoch: 2,
      ...said,
      state: null,
    });
  });

  test('the state alone, when only that has changed', () => {
    const part = nextPart(state, marks({ flushedSeq: 5, flushedRev: 2 }), null);
    expect(part).toMatchObject({
      rows: 0,
      lastSeq: null,
      messages: '[]',
      state: { rev: 3, status: 'waiting' },
    });
  });
});

describe('after an answer', () => {
  const held = marks({ flushedSeq: 5, flushedRev: 2, attempt: 3 });
  const part = ingestPart(state.conversationId, [logRow(6), logRow(7)], { state: toPatch(state) });
  const answered = (outcome: IngestOutcome, head = 9) => settle(held, part, outcome, head);

  test('yes: the marks stand at what was handed over, no further, and the back-off is forgotten', () => {
    expect(answered({ ok: true, head: 7 })).toEqual({
      verdict: 'settled',
      marks: { ...held, flushedSeq: 7, flushedRev: 3, attempt: 0 },
    });
  });

  test('nobody answered: nothing moves, and the next try waits longer', () => {
    expect(answered({ ok: false, code: 'unavailable' })).toEqual({
      verdict: 'retry',
      marks: { ...held, attempt: 4 },
    });
  });

  test('gone: the room is erased', () => {
    expect(answered({ ok: false, code: 'gone' }).verdict).toBe('erase');
  });

  test.each(['stale_epoch', 'differs', 'refused'] as const)('%s: it stops, skipping nothing', (code) => {
    expect(answered({ ok: false, code })).toEqual({ verdict: 'halt', marks: { ...held, halted: code } });
  });

  test('a gap, because Postgres was put back: everything since is sent again, the state too', () => {
    const { verdict, marks: moved } = answered({ ok: false, code: 'gap', head: 2 });
    expect(verdict).toBe('settled');
    expect(moved).toMatchObject({ flushedSeq: 2, halted: null });
    expect(nextPart(state, { ...moved, attempt: 0 }, said)?.state).not.toBeNull();
    const unchanged = settle(
      marks({ flushedSeq: 5, flushedRev: 3 }),
      part,
      { ok: false, code: 'gap', head: 2 },
      9,
    );
    expect(nextPart(state, unchanged.marks, said)?.state).toMatchObject({ rev: 3 });
  });

  test('a gap that sending again would not heal is waited out, not looped over', () => {
    expect(answered({ ok: false, code: 'gap', head: 5 })).toMatchObject({
      verdict: 'retry',
      marks: { attempt: 4 },
    });
  });

  test('a state alone that Postgres takes, holding fewer messages than thought: they are sent again', () => {
    const patch = ingestPart(state.conversationId, [], { state: toPatch(state) });
    expect(settle(held, patch, { ok: true, head: 2 }, 9).marks.flushedSeq).toBe(2);
  });

  test('more than this room ever had is another history: it stops', () => {
    expect(answered({ ok: true, head: 10 })).toMatchObject({ verdict: 'halt', marks: { halted: 'differs' } });
  });
});

test('a room is behind while messages or state are missing', () => {
  expect(isBehind(marks({ flushedSeq: 5, flushedRev: 3 }), 5, 3)).toBe(false);
  expect(isBehind(marks({ flushedSeq: 4, flushedRev: 3 }), 5, 3)).toBe(true);
  expect(isBehind(marks({ flushedSeq: 5, flushedRev: 2 }), 5, 3)).toBe(true);
});

describe('the back-off', () => {
  test('doubles from a second to a minute, and stays there', () => {
    const ceilings = [1, 2, 3, 4, 5, 6, 7, 8, 100].map((attempt) => backoffMs(attempt, 1, 60_000));
    expect(ceilings).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  });

  test('its longest is a setting', () => {
    expect(backoffMs(9, 1, 5_000)).toBe(5_000);
  });

  test('half of it is jitter', () => {
    expect(backoffMs(1, 0, 60_000)).toBe(500);
    expect(backoffMs(7, 0, 60_000)).toBe(30_000);
    expect(backoffMs(3, 0.5, 60_000)).toBe(3_000);
  });
});
