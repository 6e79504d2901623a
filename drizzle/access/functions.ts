import type { PersonName } from './people.ts';

/** A question put to the database, and the only answer that will do. */
export interface Question {
  /** The function or table that answers. */
  about: string;
  /** What it is asked, in words. */
  name: string;
  /** One value, read as text. */
  ask: string;
  answers: Partial<Record<PersonName | 'the owner', string | null>>;
}

export interface FunctionAccess {
  /** Who may call it. Everybody else is refused with 42501. */
  may: readonly PersonName[];
  /** Runs with its owner's rights: what it checks itself is all that stands between a caller and the tables. */
  definer: boolean;
}

const signedIn: readonly PersonName[] = [
  'authenticated, nobody',
  'guest A',
  'guest B',
  'registered',
  'agent',
  'deactivated agent',
  'guest with an agent’s row',
  'admin',
  'deactivated admin',
];
const rooms: readonly PersonName[] = ['the room'];
const server: readonly PersonName[] = ['service role'];

/** Every function of the schemas we own, by its signature. */
export const functions: Readonly<Record<string, FunctionAccess>> = {
  // Who is asking.
  'private.is_agent()': { may: [...signedIn, 'service role'], definer: true },
  'private.is_admin()': { may: [...signedIn, 'service role'], definer: true },
  'private.current_agent()': { may: signedIn, definer: true },
  'private.visitor_card(uuid)': { may: [...signedIn, 'service role'], definer: true },

  // What rooms may ask, all of it.
  'private.create_conversation(uuid,uuid,uuid,text,jsonb)': { may: rooms, definer: true },
  'private.claim_room(uuid)': { may: rooms, definer: true },
  'private.room_messages(uuid,bigint,integer)': { may: rooms, definer: true },
  'private.ingest(json)': { may: rooms, definer: true },
  'private.reopen_conversation(uuid,bigint)': { may: rooms, definer: true },
  'private.ingest_part(uuid,bigint,json,jsonb)': { may: [], definer: true },
  'private.record_audit(jsonb)': { may: ['the room', 'service role'], definer: true },

  // A guest's conversations come along into an account: the Store asks when both are live sessions of one person.
  'private.move_conversations(uuid,uuid)': { may: server, definer: true },
  'private.untold_moves(integer)': { may: server, definer: true },
  'private.told_move(uuid)': { may: server, definer: true },
  'private.conversation_owner(uuid)': { may: rooms, definer: true },
  'private.former_visitors(uuid)': { may: [], definer: true },

  // The team: the Store asks when it has seen that an admin does.
  'private.team()': { may: server, definer: true },
  'private.account_of(text)': { may: server, definer: true },

  // Triggers, which nobody calls.
  'private.refuse_audit_change()': { may: [], definer: false },
  'private.keep_an_admin()': { may: [], definer: true },
};
