import { describe, expect, test } from 'vitest';
import { AUDIT_ACTIONS, type AuditEntry } from '../protocol/audit.ts';
import { auditSentence } from './audit-sentence.ts';

const CONVERSATION = '019b0000-0000-7000-8000-000000000001';
const entry = (change: Partial<AuditEntry> = {}): AuditEntry => ({
  id: crypto.randomUUID(),
  at: '2026-03-01T12:00:00.000Z',
  action: 'opened',
  actor: { id: crypto.randomUUID(), role: 'admin', name: 'Ada', from: '203.0.113.0/24' },
  conversationId: CONVERSATION,
  agent: { id: crypto.randomUUID(), name: 'Mei' },
  change: { from: '5', to: '9' },
  ...change,
});
const said = (change: Partial<AuditEntry>) =>
  auditSentence(entry(change))
    .map((phrase) => (phrase.is === 'conversation' ? '#' : phrase.text))
    .join(' ');

describe('an entry reads as a sentence', () => {
  test.each([
    [{ action: 'taken_over' }, 'Ada took over # from Mei'],
    [{ action: 'taken_over', agent: null }, 'Ada took over #'],
    [{ action: 'transferred' }, 'Ada handed # to Mei'],
    [{ action: 'returned' }, '# went back into the queue: Mei is no longer on the team'],
    [{ action: 'closed', actor: { ...entry().actor, role: 'visitor', name: null } }, 'The visitor closed #'],
    [
      { action: 'reopened', actor: { id: null, role: 'system', name: null, from: null } },
      'The system reopened #',
    ],
    [{ action: 'deactivated' }, 'Ada deactivated Mei'],
    [{ action: 'role_changed', change: { from: 'agent', to: 'admin' } }, 'Ada made Mei an admin'],
    [{ action: 'capacity_changed' }, 'Ada changed how many chats Mei takes at once, from 5 to 9'],
    [
      {
        action: 'claimed',
        actor: { ...entry().actor, role: 'visitor', name: null },
        change: { from: CONVERSATION, to: CONVERSATION },
      },
      'The visitor brought # into their account; it was Guest #019b…0001’s',
    ],
    [{ action: 'site_added', site: 'https://shop.example' }, 'Ada allowed the chat on https://shop.example'],
    [
      { action: 'site_removed', site: 'https://shop.example' },
      'Ada removed the chat from https://shop.example',
    ],
    [{ action: 'sign_in_failed', agent: null }, 'Somebody failed to sign in as Ada'],
  ] satisfies [Partial<AuditEntry>, string][])('%o', (change, sentence) => {
    expect(said(change)).toBe(sentence);
  });

  test('whatever was done, with nothing missing', () => {
    for (const action of AUDIT_ACTIONS) {
      expect(said({ action })).toMatch(/^\S.*\S$/u);
      expect(said({ action, agent: null, change: null, conversationId: null })).not.toMatch(/null/u);
    }
  });
});
