import { expect, it } from 'vitest';
import type { ConversationSummary } from '../protocol/model.ts';
import { snippet } from './snippet.ts';

const of = (lastMessage: ConversationSummary['lastMessage'], subject: string | null = null) => ({
  lastMessage,
  subject,
});
const base = { seq: 1, at: '2026-11-22T10:00:00.000Z' };

it('shows a visitor’s words on one line', () => {
  const message = { ...base, senderRole: 'visitor', kind: 'text', text: 'Hello\n\n  there ' } as const;
  expect(snippet(of(message))).toBe('Hello there');
});

it('marks what an agent wrote', () => {
  expect(snippet(of({ ...base, senderRole: 'agent', kind: 'text', text: 'Hi' }))).toBe('Reply: Hi');
});

it('names what has no words', () => {
  expect(snippet(of({ ...base, senderRole: 'visitor', kind: 'image', text: null }))).toBe('Sent a picture');
  expect(snippet(of(null))).toBe('No messages yet');
});

it('says what it is about where nothing but queueing has happened since', () => {
  const event = { key: 'queued', params: {} } as const;
  const message = {
    ...base,
    senderRole: 'system',
    kind: 'system',
    text: 'You’re now in the queue',
    event,
  } as const;
  expect(snippet(of(message, 'Two implants?'))).toBe('Two implants?');
  expect(snippet(of(message))).toBe('Joined the queue');
});
