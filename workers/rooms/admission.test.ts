import { describe, expect, test, vi } from 'vitest';
import type { SendFrame } from '../../app/protocol/frames.ts';
import type { Person } from '../auth/person.ts';
import { agent, assigned, limits, logRow, roomState, visitor } from '../testing/records.ts';
import { type Admission, admit, again } from './admission.ts';
import type { LogRow, RoomState } from './records.ts';

const writer = visitor();
const helper = agent();
const open = roomState({
  status: 'active',
  visitor: { id: writer.id, name: null, isAnonymous: true },
  agent: assigned(helper),
});
const closed = { ...open, status: 'closed' as const };
const send = (change: Partial<SendFrame> = {}): SendFrame => ({
  t: 'send',
  id: crypto.randomUUID(),
  kind: 'text',
  text: 'hello',
  ...change,
});
const allowed = () => 0;
const exhausted = () => 1_500;

/** What becomes of a `send` in the room, where the log notices a resend when it is to insert it. */
function decide(
  frame: SendFrame,
  person: Person,
  state: RoomState,
  held: LogRow | null,
  takeToken: () => number,
): Admission {
  const admission = admit(frame, person, state, limits, { earlier: () => held, takeToken });
  return admission.kind === 'insert' && held ? again(frame, held) : admission;
}

/** The refusal's code, or what became of it. */
function outcome(...send: Parameters<typeof decide>): string {
  const admission = decide(...send);
  return admission.kind === 'refuse' ? admission.refusal.code : admission.kind;
}

test('a good message is taken as it was typed', () => {
  const admission = decide(send({ text: '  hello \n' }), writer, open, null, allowed);
  expect(admission).toEqual({ kind: 'insert', text: '  hello \n' });
});

describe('the order of the questions is the contract’s', () => {
  const held = logRow(4, { senderId: writer.id, text: 'hello' });
  const blank = send({ text: ' ' });
  const other = send({ text: 'something else' });

  test('shape comes before dedupe: a malformed frame is malformed whatever was sent under its id', () => {
    expect(outcome(blank, writer, open, held, allowed)).toBe('invalid');
    expect(outcome(blank, writer, closed, held, exhausted)).toBe('invalid');
  });

  test('dedupe comes before everything else: a resend is known though closed, taken away or too fast', () => {
    expect(outcome(send(), writer, closed, held, exhausted)).toBe('known');
    expect(outcome(send(), helper, { ...closed, agent: null }, held, exhausted)).toBe('known');
  });

  test('conflict comes before status and limits', () => {
    expect(outcome(other, writer, closed, held, exhausted)).toBe('conflict');
  });

  test('status comes before permission, permission before limits', () => {
    expect(outcome(send(), agent(), closed, null, exhausted)).toBe('closed');
    expect(outcome(send(), agent(), open, null, exhausted)).toBe('forbidden');
    expect(outcome(send(), writer, open, null, exhausted)).toBe('rate_limited');
  });
});

test('a resend gets the row of the first', () => {
  const held = logRow(9, { senderId: writer.id, text: 'hello' });
  expect(decide(send(), writer, open, held, allowed)).toEqual({ kind: 'known', row: held });
});

test('the same id with another kind is a conflict', () => {
  const held = logRow(9, { senderId: writer.id, text: 'hello', kind: 'image' });
  expect(outcome(send(), writer, open, held, allowed)).toBe('conflict');
});

describe('shape', () => {
  test.each<[string, Partial<SendFrame>, string]>([
    ['an image', { kind: 'image' }, 'invalid'],
    ['an attachment', { attachmentId: crypto.randomUUID() }, 'invalid'],
    ['invisible text', { text: '\u200B' }, 'invalid'],
    ['a NUL', { text: 'a\u0000' }, 'invalid'],
    ['a text too long', { text: 'a'.repeat(limits.textLength + 1) }, 'too_large'],
  ])('%s is refused', (_, change, code) => {
    expect(outcome(send(change), writer, open, null, allowed)).toBe(code);
  });

  test('no text is refused', () => {
    const { text: _, ...frame } = send();
    expect(outcome(frame, writer, open, null, allowed)).toBe('invalid');
  });
});

describe('who may write', () => {
  const waiting = { ...open, status: 'waiting' as const, agent: null };

  test.each([
    ['its visitor while it waits', writer, waiting, 'insert'],
    ['its visitor while it is active', writer, open, 'insert'],
    ['its visitor once it is closed', writer, closed, 'closed'],
    ['another visitor', visitor(), open, 'forbidden'],
    ['its agent', helper, open, 'insert'],
    ['its agent once it is closed', helper, closed, 'closed'],
    ['an agent who did not accept it', agent(), waiting, 'forbidden'],
    ['another agent', agent(), open, 'forbidden'],
    ['an admin who did not take it over', agent({ isAdmin: true }), open, 'forbidden'],
    ['an agent who opened it as a visitor would', agent({ id: writer.id }), open, 'forbidden'],
  ])('%s', (_, person, state, expected) => {
    expect(outcome(send(), person, state, null, allowed)).toBe(expected);
  });
});

test('nothing that is refused takes a token; what is taken takes one', () => {
  const take = vi.fn(allowed);
  const held = logRow(1, { senderId: writer.id, text: 'hello' });
  decide(send({ text: '' }), writer, open, null, take);
  decide(send(), writer, closed, held, take);
  decide(send({ text: 'other' }), writer, closed, held, take);
  decide(send(), writer, closed, null, take);
  decide(send(), visitor(), open, null, take);
  decide(send(), agent(), open, null, take);
  expect(take).not.toHaveBeenCalled();
  decide(send(), writer, open, null, take);
  expect(take).toHaveBeenCalledOnce();
});

test('what was sent earlier is asked only where the answer would be no', () => {
  const earlier = vi.fn(() => null);
  admit(send(), writer, open, limits, { earlier, takeToken: allowed });
  expect(earlier).not.toHaveBeenCalled();
  admit(send(), writer, closed, limits, { earlier, takeToken: allowed });
  expect(earlier).toHaveBeenCalledOnce();
});

test('too fast: the refusal names the limit and when to try again', () => {
  const admission = decide(send(), writer, open, null, exhausted);
  expect(admission).toMatchObject({
    kind: 'refuse',
    refusal: { code: 'rate_limited', retryAfterMs: 1_500, message: expect.stringContaining('60') },
  });
});
