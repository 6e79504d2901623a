import type { SystemEvent } from '../../app/protocol/model.ts';
import type { Person } from '../auth/person.ts';
import type { OwnerRow } from '../store/ownership.ts';
import type { MessageLog } from './message-log.ts';
import { displayName } from './names.ts';
import type { LogRow, RoomState } from './records.ts';

/**
 * Whose a conversation is. A guest who registers keeps their id, and the room learns their name; one who signs in to
 * an account brings the conversation along, and Postgres gives it to the account before the room hears of it. Pure.
 */

/** What the log says where the guest's conversation had to make way for the account's own open one. */
export const CLOSED_BY_MOVE: SystemEvent = { key: 'closed', params: { by: 'system' } };

const changed = (state: RoomState, change: Partial<RoomState>, now: number): RoomState => ({
  ...state,
  ...change,
  rev: state.rev + 1,
  changedAt: now,
});

/** The state after Postgres has said whose it is. Null: nothing changes. */
export function withOwner(state: RoomState, owner: OwnerRow, now: number): RoomState | null {
  const { id, isAnonymous } = owner;
  if (state.visitor.id === id) return null;
  const closes = owner.closed && state.status !== 'closed';
  const former = [...(state.formerVisitors ?? []), ...owner.formerVisitors, state.visitor.id];
  return changed(
    state,
    {
      visitor: { id, name: displayName(owner.name), isAnonymous },
      formerVisitors: [...new Set(former)].filter((one) => one !== id),
      ...(closes ? { status: 'closed', closedAt: now } : {}),
    },
    now,
  );
}

/** The state once its visitor has a name or an account. A guest becomes registered, never the other way. Null: it had them. */
export function introduced(
  state: RoomState,
  { id, name, isAnonymous }: RoomState['visitor'],
  now: number,
): RoomState | null {
  const { visitor } = state;
  if (visitor.id !== id) return null;
  const known = { id, name: name ?? visitor.name, isAnonymous: visitor.isAnonymous && isAnonymous };
  if (known.name === visitor.name && known.isAnonymous === visitor.isAnonymous) return null;
  return changed(state, { visitor: known }, now);
}

/** What this person has sent under this client id, as themselves or as the guest they were here. */
export function sentBefore(
  log: Pick<MessageLog, 'find'>,
  state: RoomState,
  person: Pick<Person, 'id' | 'role'>,
  clientId: string,
): LogRow | null {
  return log.find(person.id, clientId) ?? sentAsGuest(log, state, person, clientId);
}

/** What this person has sent under this client id as the guest they were here, which the log can't know to be theirs. */
export function sentAsGuest(
  log: Pick<MessageLog, 'find'>,
  state: RoomState,
  person: Pick<Person, 'id' | 'role'>,
  clientId: string,
): LogRow | null {
  if (person.role !== 'visitor' || person.id !== state.visitor.id) return null;
  for (const former of state.formerVisitors ?? []) {
    const row = log.find(former, clientId);
    if (row) return row;
  }
  return null;
}
