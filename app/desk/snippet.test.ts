import { expect, it } from 'vitest';
import { snippet } from './snippet.ts';

const base = { seq: 1, at: '2026-11-22T10:00:00.000Z' };

it('shows a visitor’s words on one line', () => {
  const message = { ...base, senderRole: 'visitor', kind: 'text', text: 'Hello\n\n  there ' } as const;
  expect(snippet(message, 'Aiko')).toBe('Hello there');
});

it('marks what an agent wrote', () => {
  expect(snippet({ ...base, senderRole: 'agent', kind: 'text', text: 'Hi' }, 'Aiko')).toBe('Reply: Hi');
});

it('names what has no words', () => {
  expect(snippet({ ...base, senderRole: 'visitor', kind: 'image', text: null }, 'Aiko')).toBe(
    'Sent a picture',
  );
  expect(snippet(null, 'Aiko')).toBe('No messages yet');
});

it('tells events in the agent’s words, not the visitor’s', () => {
  const event = { key: 'queued', params: {} } as const;
  const message = {
    ...base,
    senderRole: 'system',
    kind: 'system',
    text: 'You’re now in the queue',
    event,
  } as const;
  expect(snippet(message, 'Aiko')).toBe('Aiko joined the queue');
});
