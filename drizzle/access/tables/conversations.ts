import { ID } from '../people.ts';
import { ALL, columns, NONE, type TableAccess } from '../table.ts';

/** Whose conversation it is → its id. */
export const ROOM = {
  A: 'c000000a-0000-4000-8000-000000000000',
  'A, closed': 'c00000aa-0000-4000-8000-000000000000',
  B: 'c000000b-0000-4000-8000-000000000000',
  registered: 'c000000c-0000-4000-8000-000000000000',
} as const;

// Not `epoch` and `first_client_id`: what only the rooms need of a conversation is shown to nobody.
const shown = columns(`id visitor_id agent_id status subject category metadata head_seq rev visitor_read_seq
  agent_read_seq last_message_at first_response_at created_at updated_at closed_at`);

const nothing = { select: [shown, NONE] } as const;

/** Visitors read their own, agents all of them, and nobody writes but the rooms (through functions) and the cron. */
export const conversations: TableAccess = {
  name: 'public.conversations',
  key: 'id',
  rows: {
    A: { id: ROOM.A, visitor_id: ID['guest A'], status: 'active', agent_id: ID.agent, head_seq: 2 },
    'A, closed': {
      id: ROOM['A, closed'],
      visitor_id: ID['guest A'],
      status: 'closed',
      closed_at: '2026-01-02T00:00:00Z',
      first_client_id: 'f000000a-0000-4000-8000-000000000000',
    },
    B: { id: ROOM.B, visitor_id: ID['guest B'], head_seq: 1, agent_id: ID['deactivated agent'] },
    registered: { id: ROOM.registered, visitor_id: ID.registered, head_seq: 1, agent_id: ID.admin },
  },
  may: {
    anon: {},
    'authenticated, nobody': nothing,
    'guest A': { select: [shown, ['A', 'A, closed']] },
    'guest B': { select: [shown, ['B']] },
    registered: { select: [shown, ['registered']] },
    agent: { select: [shown, ALL] },
    'deactivated agent': nothing,
    'guest with an agent’s row': nothing,
    admin: { select: [shown, ALL] },
    'deactivated admin': nothing,
    'the room': {},
    'service role': { select: [ALL, ALL], insert: ALL, update: [ALL, ALL], delete: ALL },
  },
  policies: ['visitors_read_own_conversations', 'agents_read_conversations'],
  example: { id: 'c0000012-0000-4000-8000-000000000000', visitor_id: ID['somebody new'] },
  refuses: {
    conversations_pkey: { id: ROOM.A },
    conversations_status: { status: 'stuck', closed_at: null },
    conversations_closed_at: { status: 'closed' },
    conversations_one_active_per_visitor: { visitor_id: ID['guest B'] },
    conversations_first_message: {
      visitor_id: ID['guest A'],
      first_client_id: 'f000000a-0000-4000-8000-000000000000',
      status: 'closed',
      closed_at: '2026-01-03T00:00:00Z',
    },
    conversations_visitor_id_users_id_fk: { visitor_id: '99999999-0000-4000-8000-000000000000' },
    conversations_agent_id_chat_agents_id_fk: { agent_id: ID['guest A'] },
  },
};
