import { describe, expect, test } from 'vitest';
import type { ConversationStatus } from '../../app/protocol/model.ts';
import { agent, assigned, NOW, roomState, visitor } from '../testing/records.ts';
import type { RoomState } from './records.ts';
import {
  accept,
  claimedState,
  close,
  freshState,
  markRead,
  markResponse,
  reopen,
  type Transition,
  takeOver,
  transfer,
} from './room-state.ts';

const LATER = NOW + 60_000;
const writer = visitor();
const helper = agent({ name: 'Support One' });
const colleague = agent({ name: 'Support Two' });
const admin = agent({ isAdmin: true });
const stranger = visitor();

/** A conversation in each status; its agent is `helper`, but while it waits. */
const states: Record<ConversationStatus, RoomState> = {
  waiting: roomState({ rev: 4, visitor: { id: writer.id, name: null, isAnonymous: true } }),
  active: roomState({
    rev: 5,
    status: 'active',
    agent: assigned(helper),
    visitor: { id: writer.id, name: null, isAnonymous: true },
  }),
  closed: roomState({
    rev: 6,
    status: 'closed',
    closedAt: NOW,
    agent: assigned(helper),
    visitor: { id: writer.id, name: null, isAnonymous: true },
  }),
};

/** In a word: the code it was refused with, `same`, or the status and agent it led to. */
function outcome(before: RoomState, transition: Transition): string {
  if (!transition.ok) return transition.code;
  if (transition.state === before) return 'same';
  const { status, agent: its } = transition.state;
  return its ? `${status} with ${its.name}` : status;
}

describe('accept', () => {
  test.each([
    ['waiting', helper, 'active with Support One'],
    ['waiting', colleague, 'active with Support Two'],
    ['active', helper, 'same'],
    ['active', colleague, 'conflict'],
    ['closed', helper, 'conflict'],
    ['closed', colleague, 'conflict'],
  ] as const)('%s by %o', (status, by, expected) => {
    expect(outcome(states[status], accept(states[status], assigned(by), LATER))).toBe(expected);
  });
});

describe('take over', () => {
  test.each([
    ['waiting', colleague, 'conflict'],
    ['active', helper, 'same'],
    ['active', colleague, 'active with Support Two'],
    ['closed', colleague, 'conflict'],
  ] as const)('%s by %o', (status, by, expected) => {
    expect(outcome(states[status], takeOver(states[status], assigned(by), LATER))).toBe(expected);
  });
});

describe('transfer to Support Two', () => {
  test.each([
    ['waiting', helper, 'conflict'],
    ['waiting', admin, 'conflict'],
    ['active', helper, 'active with Support Two'],
    ['active', admin, 'active with Support Two'],
    ['active', colleague, 'forbidden'],
    ['active', writer, 'forbidden'],
    ['closed', helper, 'conflict'],
    ['closed', admin, 'conflict'],
  ] as const)('%s by %o', (status, by, expected) => {
    expect(outcome(states[status], transfer(states[status], by, assigned(colleague), LATER))).toBe(expected);
  });

  test('to the one who has it changes nothing', () => {
    expect(outcome(states.active, transfer(states.active, helper, assigned(helper), LATER))).toBe('same');
  });
});

describe('close', () => {
  test.each([
    ['waiting', writer, 'closed'],
    ['waiting', helper, 'closed'],
    ['waiting', admin, 'closed'],
    ['waiting', stranger, 'forbidden'],
    ['active', writer, 'closed with Support One'],
    ['active', helper, 'closed with Support One'],
    ['active', admin, 'closed with Support One'],
    ['active', colleague, 'forbidden'],
    ['active', stranger, 'forbidden'],
    ['closed', writer, 'same'],
    ['closed', helper, 'same'],
    ['closed', admin, 'same'],
    ['closed', colleague, 'forbidden'],
    ['closed', stranger, 'forbidden'],
  ] as const)('%s by %o', (status, by, expected) => {
    expect(outcome(states[status], close(states[status], by, LATER))).toBe(expected);
  });
});

describe('reopen', () => {
  test.each([
    ['waiting', 'conflict'],
    ['active', 'conflict'],
    ['closed', 'waiting'],
  ] as const)('%s', (status, expected) => {
    expect(outcome(states[status], reopen(states[status], LATER))).toBe(expected);
  });
});

test('every change raises the revision by one, dates it, and says in the log what happened', () => {
  const changes: [RoomState, Transition, unknown][] = [
    [
      states.waiting,
      accept(states.waiting, assigned(helper), LATER),
      { key: 'joined', params: { name: 'Support One' } },
    ],
    [
      states.active,
      takeOver(states.active, assigned(colleague), LATER),
      { key: 'taken_over', params: { name: 'Support Two' } },
    ],
    [
      states.active,
      transfer(states.active, helper, assigned(colleague), LATER),
      { key: 'transferred', params: { name: 'Support Two' } },
    ],
    [states.active, close(states.active, writer, LATER), { key: 'closed', params: { by: 'visitor' } }],
    [states.active, close(states.active, helper, LATER), { key: 'closed', params: { by: 'agent' } }],
    [states.closed, reopen(states.closed, LATER), { key: 'reopened', params: {} }],
  ];
  for (const [before, transition, event] of changes) {
    expect(transition).toMatchObject({ ok: true, event, state: { rev: before.rev + 1, changedAt: LATER } });
  }
});

test('what changes nothing neither raises the revision nor says anything', () => {
  expect(accept(states.active, assigned(helper), LATER)).toEqual({
    ok: true,
    state: states.active,
    event: null,
  });
  expect(close(states.closed, writer, LATER)).toEqual({ ok: true, state: states.closed, event: null });
});

test('a closed conversation knows since when, a reopened one has forgotten it', () => {
  expect(close(states.active, writer, LATER)).toMatchObject({ state: { closedAt: LATER } });
  expect(reopen(states.closed, LATER)).toMatchObject({ state: { closedAt: null, agent: null } });
});

describe('a read mark', () => {
  const state = roomState({ rev: 2, read: { visitor: 3, agent: 1 } });

  test('moves forward, for its own side alone', () => {
    expect(markRead(state, 'visitor', 5, 9, LATER)).toMatchObject({ read: { visitor: 5, agent: 1 }, rev: 3 });
  });

  test('never past the head', () => {
    expect(markRead(state, 'agent', 1_000, 9, LATER)).toMatchObject({ read: { visitor: 3, agent: 9 } });
  });

  test.each([0, 2, 3])('never back: %i changes nothing', (seq) => {
    expect(markRead(state, 'visitor', seq, 9, LATER)).toBeNull();
  });
});

test('the first answer is timed once', () => {
  const timed = markResponse(states.active, LATER);
  expect(timed).toMatchObject({ firstResponseAt: LATER, rev: states.active.rev + 1 });
  expect(timed && markResponse(timed, LATER + 1)).toBeNull();
});

describe('from a row of Postgres', () => {
  const row = {
    id: crypto.randomUUID(),
    visitor_id: writer.id,
    status: 'active' as const,
    subject: 'Knee',
    category: null,
    metadata: { page: '/pricing' },
    head_seq: 12,
    rev: 7,
    epoch: 3,
    visitor_read_seq: 11,
    agent_read_seq: 12,
    first_response_at: NOW - 5,
    created_at: NOW - 10,
    closed_at: null,
  };

  test('a new room begins as Postgres made it', () => {
    expect(freshState(row, { id: writer.id, name: null, isAnonymous: true }, NOW)).toMatchObject({
      epoch: 3,
      rev: 7,
      agent: null,
      read: { visitor: 11, agent: 12 },
      createdAt: NOW - 10,
    });
  });

  test('a lost room comes back with its agent, its marks, and its visitor’s name made safe', () => {
    const claimed = claimedState(
      {
        ...row,
        visitor: { name: 'Ana\u202E\n', isAnonymous: false },
        agent: assigned(helper),
        formerVisitors: ['guest'],
      },
      NOW,
    );
    expect(claimed).toMatchObject({
      conversationId: row.id,
      status: 'active',
      agent: { id: helper.id, name: 'Support One' },
      visitor: { id: writer.id, name: 'Ana', isAnonymous: false },
      read: { visitor: 11, agent: 12 },
      metadata: { page: '/pricing' },
      firstResponseAt: NOW - 5,
      formerVisitors: ['guest'],
    });
  });
});
