import { DEFAULT_LIMITS } from '../../app/protocol/limits.ts';
import { type ConversationSummary, SYSTEM_SENDER, type SystemEvent } from '../../app/protocol/model.ts';
import type { Person } from '../auth/person.ts';
import { type Marks, noMarks } from '../rooms/outbox.ts';
import type { IngestPart, LogRow, RoomState } from '../rooms/records.ts';
import { toSummary } from '../rooms/views.ts';

/** Records for tests: valid by themselves, each told apart by what the test names and by nothing else. */

export const NOW = Date.parse('2026-03-01T12:00:00.000Z');
export const limits = DEFAULT_LIMITS;

export function visitor(change: Partial<Person> = {}): Person {
  return {
    id: crypto.randomUUID(),
    role: 'visitor',
    name: null,
    isAnonymous: true,
    avatarUrl: null,
    isAdmin: false,
    maxChats: 0,
    ...change,
  };
}

export function agent(change: Partial<Person> = {}): Person {
  return {
    id: crypto.randomUUID(),
    role: 'agent',
    name: 'Agent',
    isAnonymous: false,
    avatarUrl: null,
    isAdmin: false,
    maxChats: 5,
    ...change,
  };
}

/** What others see of an agent. */
export function assigned({ id, name, avatarUrl }: Person): NonNullable<RoomState['agent']> {
  return { id, name: name ?? '', avatarUrl };
}

export function roomState(change: Partial<RoomState> = {}): RoomState {
  return {
    conversationId: crypto.randomUUID(),
    epoch: 1,
    rev: 0,
    status: 'waiting',
    subject: null,
    category: null,
    tags: [],
    metadata: {},
    visitor: { id: crypto.randomUUID(), name: null, isAnonymous: true },
    agent: null,
    read: { visitor: 0, agent: 0 },
    createdAt: NOW,
    closedAt: null,
    firstResponseAt: null,
    changedAt: NOW,
    ...change,
  };
}

/** A visitor's message. */
export function logRow(seq: number, change: Partial<LogRow> = {}): LogRow {
  return {
    seq,
    id: crypto.randomUUID(),
    senderId: crypto.randomUUID(),
    senderRole: 'visitor',
    senderName: 'Guest',
    clientId: crypto.randomUUID(),
    kind: 'text',
    text: `message ${seq}`,
    event: null,
    at: NOW + seq,
    ...change,
  };
}

/** A row that the system wrote. */
export function systemRow(seq: number, event: SystemEvent): LogRow {
  return logRow(seq, {
    senderId: SYSTEM_SENDER,
    senderRole: 'system',
    senderName: '',
    kind: 'system',
    text: null,
    event,
  });
}

export function marks(change: Partial<Marks> = {}): Marks {
  return { ...noMarks, ...change };
}

/** What a room at `epoch` would hand over for these rows. */
export function ingestPart(
  conversationId: string,
  rows: LogRow[],
  change: Partial<IngestPart> = {},
): IngestPart {
  return {
    conversationId,
    epoch: 1,
    rows: rows.length,
    lastSeq: rows.at(-1)?.seq ?? null,
    messages: JSON.stringify(rows.map((row) => ({ ...row, at: new Date(row.at).toISOString() }))),
    state: null,
    ...change,
  };
}

/** What the lobby is told of a conversation whose newest message is `newest`. */
export function summary(change: Partial<RoomState> = {}, newest: LogRow | null = null): ConversationSummary {
  const nobody = { visitorOnline: false, agentOnline: false };
  return toSummary(roomState(change), nobody, { visitor: 0, agent: 0 }, newest);
}
