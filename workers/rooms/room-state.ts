import type { ParticipantRole, SystemEvent } from '../../app/protocol/model.ts';
import type { Person } from '../auth/person.ts';
import type { ClaimedRow, ConversationRow } from '../store/rows.ts';
import { displayName } from './names.ts';
import type { AssignedAgent, RoomState } from './records.ts';

/**
 * What may happen to a conversation, as pure functions: the room asks, stores what comes back, and sends it.
 * `event` is what the conversation's log says of it.
 */
export type Transition =
  | { ok: true; state: RoomState; event: SystemEvent | null }
  /** `conflict`: somebody was faster, or it is not in a state for this. `forbidden`: not theirs to do. */
  | { ok: false; code: 'conflict' | 'forbidden' };

type Actor = Pick<Person, 'id' | 'role' | 'isAdmin'>;

const refused = (code: 'conflict' | 'forbidden'): Transition => ({ ok: false, code });

function changed(
  state: RoomState,
  now: number,
  change: Partial<RoomState>,
  event: SystemEvent | null,
): Transition {
  return { ok: true, state: { ...state, ...change, rev: state.rev + 1, changedAt: now }, event };
}

/** The state of a room that begins with a row Postgres has just made. */
export function freshState(row: ConversationRow, visitor: RoomState['visitor'], now: number): RoomState {
  return fromRow(row, visitor, null, now);
}

/** The state of a room that was lost and comes back from what it had written through. */
export function claimedState(row: ClaimedRow, now: number): RoomState {
  const { name, isAnonymous } = row.visitor;
  const visitor = { id: row.visitor_id, name: displayName(name), isAnonymous };
  const { formerVisitors } = row;
  return { ...fromRow(row, visitor, row.agent, now), ...(formerVisitors.length ? { formerVisitors } : {}) };
}

function fromRow(
  row: ConversationRow,
  visitor: RoomState['visitor'],
  agent: AssignedAgent | null,
  now: number,
): RoomState {
  return {
    conversationId: row.id,
    epoch: row.epoch,
    rev: row.rev,
    status: row.status,
    subject: row.subject,
    category: row.category,
    tags: [],
    metadata: row.metadata,
    visitor,
    agent,
    read: { visitor: row.visitor_read_seq, agent: row.agent_read_seq },
    createdAt: row.created_at,
    closedAt: row.closed_at,
    firstResponseAt: row.first_response_at,
    changedAt: now,
  };
}

/** A waiting conversation gets its agent. Accepting one's own again changes nothing. */
export function accept(state: RoomState, agent: AssignedAgent, now: number): Transition {
  if (state.status === 'active' && state.agent?.id === agent.id) return { ok: true, state, event: null };
  if (state.status !== 'waiting') return refused('conflict');
  return changed(state, now, { status: 'active', agent }, { key: 'joined', params: { name: agent.name } });
}

/** Another agent steps in. Any agent may: the visitor must not wait for somebody who has gone home. */
export function takeOver(state: RoomState, agent: AssignedAgent, now: number): Transition {
  if (state.status !== 'active') return refused('conflict');
  if (state.agent?.id === agent.id) return { ok: true, state, event: null };
  return changed(state, now, { agent }, { key: 'taken_over', params: { name: agent.name } });
}

/** The agent (or an admin) hands an active conversation to another agent. */
export function transfer(state: RoomState, by: Actor, to: AssignedAgent, now: number): Transition {
  if (state.status !== 'active') return refused('conflict');
  if (!isItsAgent(state, by) && !by.isAdmin) return refused('forbidden');
  if (state.agent?.id === to.id) return { ok: true, state, event: null };
  return changed(state, now, { agent: to }, { key: 'transferred', params: { name: to.name } });
}

/** Its visitor, its agent, an admin, or any agent while nobody has it. Closing a closed one changes nothing. */
export function close(state: RoomState, by: Actor, now: number): Transition {
  if (!mayClose(state, by)) return refused('forbidden');
  if (state.status === 'closed') return { ok: true, state, event: null };
  return changed(state, now, { status: 'closed', closedAt: now }, { key: 'closed', params: { by: by.role } });
}

function mayClose(state: RoomState, by: Actor): boolean {
  if (by.role === 'visitor') return by.id === state.visitor.id;
  return state.agent === null || isItsAgent(state, by) || by.isAdmin;
}

/**
 * An agent who is no longer one loses an active conversation; it waits for another. Anybody else's stays as it is.
 */
export function giveBack(state: RoomState, agentId: string, now: number): Transition {
  if (state.status !== 'active' || state.agent?.id !== agentId) return { ok: true, state, event: null };
  return changed(
    state,
    now,
    { status: 'waiting', agent: null },
    { key: 'returned', params: { name: state.agent.name } },
  );
}

/** Back to the queue. Only after Postgres has said that the visitor has no other open one. */
export function reopen(state: RoomState, now: number): Transition {
  if (state.status !== 'closed') return refused('conflict');
  return changed(
    state,
    now,
    { status: 'waiting', closedAt: null, agent: null },
    { key: 'reopened', params: {} },
  );
}

/** A read mark moves forward only, and never past the head. Null: nothing changed. */
export function markRead(
  state: RoomState,
  role: ParticipantRole,
  seq: number,
  head: number,
  now: number,
): RoomState | null {
  const mark = Math.min(seq, head);
  if (mark <= state.read[role]) return null;
  return { ...state, read: { ...state.read, [role]: mark }, rev: state.rev + 1, changedAt: now };
}

/** The first answer of an agent is timed once. Null: nothing changed. */
export function markResponse(state: RoomState, at: number): RoomState | null {
  if (state.firstResponseAt !== null) return null;
  return { ...state, firstResponseAt: at, rev: state.rev + 1, changedAt: at };
}

/** Whether this agent is the one the conversation is assigned to. */
export function isItsAgent(state: RoomState, person: Pick<Person, 'id' | 'role'>): boolean {
  return person.role === 'agent' && state.agent?.id === person.id;
}
