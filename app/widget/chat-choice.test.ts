import { expect, it } from 'vitest';
import type { ConversationSummary } from '../protocol/model.ts';
import { isDead, latest, lines } from './chat-choice.ts';

const of = (id: string, status: ConversationSummary['status'], createdAt: string) =>
  ({ id, status, createdAt }) as ConversationSummary;

it('one comes back to the open conversation, however old, and else to the newest, in whatever order they come', () => {
  const old = of('old', 'active', '2026-01-01T00:00:00.000Z');
  const closed = of('closed', 'closed', '2026-03-01T00:00:00.000Z');
  const newer = of('newer', 'closed', '2026-04-01T00:00:00.000Z');
  expect(latest([closed, newer, old])?.id).toBe('old');
  expect(latest([closed, newer])?.id).toBe('newer');
  expect(latest([newer, closed])?.id).toBe('newer');
  expect(latest([])).toBeUndefined();
});

it('only a definite no ends a room: a line that is down comes back', () => {
  expect((['signed_out', 'forbidden', 'not_found'] as const).every(isDead)).toBe(true);
  expect((['connecting', 'online', 'reconnecting', 'offline', 'idle'] as const).some(isDead)).toBe(false);
});

it('texts go back one under the other, without empty lines between them', () => {
  expect(lines('one', '', 'two')).toBe('one\ntwo');
  expect(lines('', '')).toBe('');
});
