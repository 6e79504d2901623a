import { describe, expect, it } from 'vitest';
import type { RoomFrame, WelcomeFrame } from '../protocol/frames.ts';
import type { Message } from '../protocol/model.ts';
import {
  applyFrame,
  type ConversationState,
  disconnected,
  expireTyping,
  INITIAL,
  type Step,
} from './conversation-reducer.ts';
import { AGENT, createModelRoom, VISITOR } from './model-room.fixture.ts';
import type { PendingMessage } from './types.ts';

const ROOM_NOW = Date.parse('2026-11-22T12:00:00.000Z');
const at = new Date(ROOM_NOW).toISOString();
const conversation = createModelRoom(() => ROOM_NOW).conversation;
const mine = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa';
const pending: PendingMessage = { id: mine, text: 'Hello', writtenAt: 0, state: 'sending' };

const message = (seq: number, more: Partial<Message> = {}): Message => ({
  seq,
  id: `m${seq}`,
  senderRole: 'agent',
  senderId: AGENT.id,
  senderName: 'Support One',
  kind: 'text',
  text: `message ${seq}`,
  at,
  ...more,
});
const page = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => message(from + index));
const welcome = (more: Partial<WelcomeFrame> = {}): WelcomeFrame => ({
  t: 'welcome',
  v: 1,
  you: VISITOR,
  conversation,
  epoch: 1,
  head: more.messages?.at(-1)?.seq ?? 0,
  messages: [],
  gap: false,
  reset: false,
  ticket: 'ticket',
  now: at,
  ...more,
});
const context = { now: ROOM_NOW, pending: (id: string) => (id === mine ? pending : undefined) };
const step = (state: ConversationState, frame: RoomFrame): Step => applyFrame(state, frame, context);
const apply = (...frames: RoomFrame[]) => frames.reduce((state, frame) => step(state, frame).state, INITIAL);
const seqs = (state: ConversationState) => state.messages.map(({ seq }) => seq);

describe('what comes in order', () => {
  it('is appended, one after the other', () => {
    const state = apply(welcome({ messages: page(1, 2) }), { t: 'message', message: message(3) });
    expect(seqs(state)).toEqual([1, 2, 3]);
  });

  it('is ignored when it is held already', () => {
    const state = apply(welcome({ messages: page(1, 2) }));
    expect(step(state, { t: 'message', message: message(2) })).toEqual({ state, effects: [] });
  });

  it('is not believed before the welcome', () => {
    expect(step(INITIAL, { t: 'message', message: message(1) }).state).toBe(INITIAL);
  });
});

describe('what is missed', () => {
  const gapped = step(apply(welcome({ messages: page(1, 2) })), { t: 'message', message: message(4) });

  it('is asked for from the last message held', () => {
    expect(gapped.effects).toEqual([{ do: 'resume' }]);
    expect(seqs(gapped.state)).toEqual([1, 2]);
    expect(gapped.state.last).toBe(2);
  });

  it('is asked for once, however much more does not fit', () => {
    expect(step(gapped.state, { t: 'message', message: message(5) }).effects).toEqual([]);
  });

  it('comes with the next welcome, and then live frames go on', () => {
    const state = step(gapped.state, welcome({ messages: page(3, 5) })).state;
    expect(seqs(step(state, { t: 'message', message: message(6) }).state)).toEqual([1, 2, 3, 4, 5, 6]);
  });
});

describe('a welcome', () => {
  it('with a gap forgets what is older and offers it by scrolling', () => {
    const state = step(
      apply(welcome({ messages: page(1, 2) })),
      welcome({ gap: true, messages: page(300, 302) }),
    ).state;
    expect(seqs(state)).toEqual([300, 301, 302]);
    expect(state.older).toBe('available');
  });

  it('with a reset forgets everything, read marks too', () => {
    const read = { ...conversation, read: { visitor: 9, agent: 9 } };
    const held = apply(welcome({ messages: page(1, 9), conversation: read }));
    const state = step(held, welcome({ reset: true, epoch: 2, messages: page(1, 3) })).state;
    expect(seqs(state)).toEqual([1, 2, 3]);
    expect(state.conversation?.read.visitor).toBe(0);
  });

  it('of another epoch is a reset even if it does not say so', () => {
    const state = step(
      apply(welcome({ messages: page(1, 9) })),
      welcome({ epoch: 2, messages: page(1, 3) }),
    ).state;
    expect(seqs(state)).toEqual([1, 2, 3]);
    expect(state.epoch).toBe(2);
  });

  it('of an empty room makes seq 1 the next', () => {
    expect(seqs(step(apply(welcome()), { t: 'message', message: message(1) }).state)).toEqual([1]);
  });

  it('settles own messages it carries, from this tab or another', () => {
    const own = message(1, { senderId: VISITOR.id, senderRole: 'visitor', clientId: mine });
    expect(step(INITIAL, welcome({ messages: [own] })).effects).toEqual([{ do: 'settle', id: mine }]);
  });
});

describe('an ack', () => {
  const state = apply(welcome({ messages: page(1, 2) }));

  it('turns the pending message into the next one', () => {
    const { state: next, effects } = step(state, { t: 'ack', id: mine, seq: 3, at });
    expect(next.messages.at(-1)).toMatchObject({
      seq: 3,
      clientId: mine,
      text: 'Hello',
      senderRole: 'visitor',
    });
    expect(effects).toEqual([{ do: 'settle', id: mine }]);
  });

  it('that is ahead keeps the message pending until the rest has come', () => {
    const { state: next, effects } = step(state, { t: 'ack', id: mine, seq: 5, at });
    expect(effects).toEqual([{ do: 'resume' }]);
    expect(seqs(next)).toEqual([1, 2]);
  });

  it('of a resend only settles: the room has had it all along', () => {
    expect(step(state, { t: 'ack', id: mine, seq: 2, at })).toEqual({
      state,
      effects: [{ do: 'settle', id: mine }],
    });
  });

  it('after the message itself came from another tab doubles nothing', () => {
    const own = message(3, { senderId: VISITOR.id, senderRole: 'visitor', clientId: mine });
    const both = step(step(state, { t: 'message', message: own }).state, { t: 'ack', id: mine, seq: 3, at });
    expect(seqs(both.state)).toEqual([1, 2, 3]);
  });
});

describe('somebody else’s client id', () => {
  it('settles nothing of ours', () => {
    const state = apply(welcome());
    expect(step(state, { t: 'message', message: message(1, { clientId: mine }) }).effects).toEqual([]);
  });
});

describe('state', () => {
  const newer = { ...conversation, rev: 5, status: 'closed' as const };

  it('of an older rev is ignored', () => {
    const state = apply(welcome({ conversation: newer }), { t: 'conversation', conversation });
    expect(state.conversation?.status).toBe('closed');
  });

  it('keeps read marks where they are furthest', () => {
    const state = apply(
      welcome({ messages: page(1, 9) }),
      { t: 'read', role: 'agent', seq: 7 },
      { t: 'read', role: 'agent', seq: 3 },
      { t: 'conversation', conversation: newer },
    );
    expect(state.conversation?.read.agent).toBe(7);
  });
});

describe('typing', () => {
  const until = new Date(ROOM_NOW + 6_000).toISOString();
  const day = 86_400_000;

  it.each([
    ['right', 0],
    ['a day behind', -day],
    ['a day ahead', day],
  ])('ends when the room says, with a clock that is %s', (_, off) => {
    const now = ROOM_NOW + off;
    const here = { now, pending: () => undefined };
    const welcomed = applyFrame(INITIAL, welcome(), here).state;
    const state = applyFrame(welcomed, { t: 'typing', who: AGENT, until }, here).state;
    expect(expireTyping(state, now + 5_900).typing).toHaveLength(1);
    expect(expireTyping(state, now + 6_000).typing).toHaveLength(0);
  });

  it('of oneself in another tab is not shown', () => {
    expect(apply(welcome(), { t: 'typing', who: VISITOR, until }).typing).toEqual([]);
  });

  it('ends with the message, and with the line', () => {
    const state = apply(welcome(), { t: 'typing', who: AGENT, until });
    expect(step(state, { t: 'message', message: message(1) }).state.typing).toEqual([]);
    expect(disconnected(state).typing).toEqual([]);
  });
});

describe('history', () => {
  const held = { ...apply(welcome({ gap: true, messages: page(51, 60) })), older: 'loading' as const };

  it('is put before what is held', () => {
    const { state } = step(held, { t: 'history', before: 51, messages: page(1, 50), more: false });
    expect(seqs(state)).toEqual(seqs(apply(welcome({ messages: page(1, 60) }))));
    expect(state.older).toBe('none');
  });

  it('that does not fit on what is held is left alone', () => {
    const { state } = step(held, { t: 'history', before: 31, messages: page(1, 30), more: false });
    expect(seqs(state)[0]).toBe(51);
    expect(state.older).toBe('available');
  });

  it('that is unavailable says so, and can be asked again', () => {
    const { state } = step(held, { t: 'error', code: 'unavailable', message: 'Later.' });
    expect(state.older).toBe('unavailable');
  });
});

describe('a refusal', () => {
  it('names the message it is about', () => {
    const { effects } = step(apply(welcome()), { t: 'error', code: 'closed', message: 'Closed.', ref: mine });
    expect(effects).toEqual([{ do: 'refuse', id: mine, refusal: { code: 'closed', message: 'Closed.' } }]);
  });

  it('says until when to wait, by the local clock', () => {
    const { effects } = step(apply(welcome()), {
      t: 'error',
      code: 'rate_limited',
      message: 'Slow.',
      ref: mine,
      retryAfterMs: 500,
    });
    expect(effects).toMatchObject([{ refusal: { retryAt: ROOM_NOW + 500 }, retryAfterMs: 500 }]);
  });
});
