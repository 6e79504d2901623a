import { describe, expect, test } from 'vitest';
import { agent, assigned, logRow, summary } from '../testing/records.ts';
import { QueueState, toAgents } from './queue-state.ts';
import type { RoomState } from './records.ts';

const conversationId = crypto.randomUUID();
const one = agent();
const two = agent();
const at = (rev: number, change: Partial<RoomState> = {}) => summary({ conversationId, rev, ...change });
const closed = { status: 'closed', closedAt: 1 } as const;
const activeWith = (person = one, id = crypto.randomUUID()) =>
  summary({ conversationId: id, rev: 1, status: 'active', agent: assigned(person) });

describe('a room’s word', () => {
  test('is taken when it is news, and kept', () => {
    const queue = new QueueState();
    expect(queue.apply(at(1))).toBe('changed');
    expect(queue.apply(at(2, { status: 'active', agent: assigned(one) }))).toBe('changed');
    expect(queue.conversations).toMatchObject([{ id: conversationId, status: 'active' }]);
  });

  test('is ignored when something newer is known', () => {
    const queue = new QueueState([at(5, { status: 'active', agent: assigned(one) })]);
    expect(queue.apply(at(4))).toBe('stale');
    expect(queue.get(conversationId)?.status).toBe('active');
  });

  test('of the same revision is older by its newest message', () => {
    const word = (seq: number) => summary({ conversationId, rev: 1 }, logRow(seq));
    const queue = new QueueState([word(7)]);
    expect(queue.apply(word(6))).toBe('stale');
    expect(queue.apply(word(7))).toBe('changed');
    expect(queue.apply(word(8))).toBe('changed');
    expect(queue.get(conversationId)?.lastMessage?.seq).toBe(8);
  });

  test('of a closed one takes it off the queue, once', () => {
    const queue = new QueueState([at(1)]);
    expect(queue.apply(at(2, closed))).toBe('removed');
    expect(queue.apply(at(2, closed))).toBe('stale');
    expect(queue.conversations).toEqual([]);
  });

  test('that comes late does not bring back what has closed; reopening does', () => {
    const queue = new QueueState([at(1)]);
    queue.apply(at(3, closed));
    expect(queue.apply(at(2))).toBe('stale');
    expect(queue.conversations).toEqual([]);
    expect(queue.apply(at(4))).toBe('changed');
    expect(queue.conversations).toHaveLength(1);
  });

  test('of a deleted one is the last: it is gone', () => {
    const queue = new QueueState([at(1)]);
    expect(queue.forget(conversationId)).toBe(true);
    expect(queue.forget(conversationId)).toBe(false);
    expect(queue.conversations).toEqual([]);
  });
});

describe('how many an agent has', () => {
  test('counts active ones, not waiting or others’', () => {
    const queue = new QueueState([activeWith(one), activeWith(one), activeWith(two), at(1)]);
    expect(queue.activeChats(one.id)).toBe(2);
    expect(queue.activeOf(one.id)).toHaveLength(2);
  });

  test('counts the places kept while a room decides, and no longer when they are released', () => {
    const queue = new QueueState();
    expect(queue.reserve('a', one.id, 2)).toBe(true);
    expect(queue.reserve('b', one.id, 2)).toBe(true);
    expect(queue.reserve('c', one.id, 2)).toBe(false);
    queue.release('a', one.id);
    expect(queue.reserve('c', one.id, 2)).toBe(true);
    expect(queue.activeChats(one.id)).toBe(2);
  });

  test('counts a conversation that is already theirs, and reserved again, once', () => {
    const queue = new QueueState([activeWith(one, conversationId)]);
    expect(queue.reserve(conversationId, one.id, 1)).toBe(true);
    expect(queue.activeChats(one.id)).toBe(1);
  });

  test('counts a conversation the same agent asks for twice at once, once', () => {
    const queue = new QueueState();
    queue.reserve('a', one.id, 1);
    expect(queue.reserve('a', one.id, 1)).toBe(true);
    expect(queue.activeChats(one.id)).toBe(1);
    queue.release('a', one.id);
    expect(queue.activeChats(one.id)).toBe(1);
    queue.release('a', one.id);
    expect(queue.activeChats(one.id)).toBe(0);
  });

  test('two who ask for the same one both have a place kept; neither’s release frees the other’s', () => {
    const queue = new QueueState();
    expect(queue.reserve('a', one.id, 1)).toBe(true);
    expect(queue.reserve('a', two.id, 1)).toBe(true);
    expect(queue.reserve('b', one.id, 1)).toBe(false);
    queue.release('a', two.id);
    expect(queue.activeChats(one.id)).toBe(1);
    expect(queue.activeChats(two.id)).toBe(0);
  });

  test('an agent with room for none gets none', () => {
    expect(new QueueState().reserve('a', one.id, 0)).toBe(false);
  });
});

test('the roster is shown with who is here and how much they have', () => {
  const queue = new QueueState([activeWith(one)]);
  const record = ({ id }: { id: string }) => ({
    id,
    name: 'Agent',
    avatarUrl: null,
    role: 'agent' as const,
    maxChats: 3,
  });
  expect(toAgents([record(one), record(two)], new Set([one.id]), queue)).toMatchObject([
    { id: one.id, online: true, activeChats: 1, maxChats: 3 },
    { id: two.id, online: false, activeChats: 0, maxChats: 3 },
  ]);
});
