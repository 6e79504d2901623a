import { expect, test } from 'vitest';
import { conversationSchema, conversationSummarySchema, messageSchema } from '../../app/protocol/model.ts';
import { agent, assigned, logRow, NOW, roomState, systemRow } from '../testing/records.ts';
import { toConversation, toMessage, toPatch, toSummary } from './views.ts';

const state = roomState({
  status: 'active',
  agent: assigned(agent({ name: 'Support One' })),
  metadata: { page: '/pricing' },
});
const presence = { visitorOnline: true, agentOnline: false };
const unread = { visitor: 1, agent: 2 };

test('what is shown is what the protocol says', () => {
  expect(
    conversationSchema.safeParse(toConversation(state, presence, unread, 'agent')).error,
  ).toBeUndefined();
  expect(
    conversationSummarySchema.safeParse(toSummary(state, presence, unread, logRow(3))).error,
  ).toBeUndefined();
  expect(messageSchema.safeParse(toMessage(logRow(3))).error).toBeUndefined();
  expect(
    messageSchema.safeParse(toMessage(systemRow(4, { key: 'queued', params: {} }))).error,
  ).toBeUndefined();
});

test('where the visitor came from is shown to agents alone', () => {
  expect(toConversation(state, presence, unread, 'agent').metadata).toEqual({ page: '/pricing' });
  expect(toConversation(state, presence, unread, 'visitor')).not.toHaveProperty('metadata');
});

test('the state that Postgres keeps has its agent by id and its times in words', () => {
  expect(toPatch({ ...state, status: 'closed', closedAt: NOW })).toMatchObject({
    agentId: state.agent?.id,
    closedAt: '2026-03-01T12:00:00.000Z',
    firstResponseAt: null,
  });
});
