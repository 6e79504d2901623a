import type { ConversationSummary } from '../protocol/model.ts';

export const ME = '00000000-0000-4000-8000-0000000000a1';
export const OTHER = '00000000-0000-4000-8000-0000000000a2';

/** A conversation for tests: waiting, of a guest, without a message, unless told otherwise. */
export function summary(number: number, change: Partial<ConversationSummary> = {}): ConversationSummary {
  const hex = number.toString(16).padStart(12, '0');
  return {
    id: `c0000000-0000-4000-8000-${hex}`,
    status: 'waiting',
    subject: null,
    agent: null,
    visitor: { id: `b8340000-0000-4000-8000-${hex}`, name: null, isAnonymous: true, online: true },
    tags: [],
    category: null,
    read: { visitor: 0, agent: 0 },
    unread: { visitor: 0, agent: 0 },
    rev: 1,
    createdAt: '2026-11-22T10:00:00.000Z',
    closedAt: null,
    lastMessage: null,
    ...change,
  };
}

/** The same, accepted by an agent. */
export function active(number: number, agentId: string, change: Partial<ConversationSummary> = {}) {
  const agent = {
    id: agentId,
    name: agentId === ME ? 'Support One' : 'Support Two',
    avatarUrl: null,
    online: true,
  };
  return summary(number, { status: 'active', agent, ...change });
}
