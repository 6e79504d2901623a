import { describe, expect, it } from 'vitest';
import type { ConversationSummary } from '../protocol/model.ts';
import { EMPTY_LOBBY } from './empty.ts';
import { applyLobbyFrame } from './lobby-reducer.ts';
import { createModelRoom } from './model-room.fixture.ts';

const base = createModelRoom(() => 0).conversation;
const summary = (id: string, rev: number): ConversationSummary => ({ ...base, id, rev, lastMessage: null });
const queue = { t: 'queue' as const, conversations: [summary('a', 3), summary('b', 1)], agents: [] };
const held = applyLobbyFrame(EMPTY_LOBBY, queue);
const revs = (state: typeof held) => state.conversations.map(({ id, rev }) => `${id}${rev}`);

describe('the lobby', () => {
  it('starts over with every queue', () => {
    expect(revs(applyLobbyFrame({ ...held, conversations: [summary('z', 9)] }, queue))).toEqual(['a3', 'b1']);
  });

  it('takes a newer state where the old one stood, and ignores an older one', () => {
    const newer = applyLobbyFrame(held, { t: 'conversation', conversation: summary('a', 4) });
    expect(revs(newer)).toEqual(['a4', 'b1']);
    expect(applyLobbyFrame(newer, { t: 'conversation', conversation: summary('a', 2) })).toBe(newer);
  });

  it('adds what is new and drops what is removed', () => {
    const added = applyLobbyFrame(held, { t: 'conversation', conversation: summary('c', 0) });
    expect(revs(applyLobbyFrame(added, { t: 'removed', id: 'a' }))).toEqual(['b1', 'c0']);
  });
});
