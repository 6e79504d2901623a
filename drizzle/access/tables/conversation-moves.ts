import { ID } from '../people.ts';
import type { TableAccess } from '../table.ts';
import { ROOM } from './conversations.ts';

/** Nobody’s but the functions’. */
export const conversationMoves: TableAccess = {
  name: 'private.conversation_moves',
  key: 'conversation_id, from_visitor',
  rows: {
    'the registered person’s': {
      conversation_id: ROOM.registered,
      from_visitor: ID['somebody new'],
      to_visitor: ID.registered,
      closed: false,
    },
    'guest A’s': {
      conversation_id: ROOM['A, closed'],
      from_visitor: ID['somebody new'],
      to_visitor: ID['guest A'],
      closed: false,
      moved_at: '2026-01-01T00:00:00Z',
    },
    'guest B’s, of which its room has heard': {
      conversation_id: ROOM.B,
      from_visitor: ID['somebody new'],
      to_visitor: ID['guest B'],
      closed: false,
      told_at: '2026-01-01T00:00:00Z',
    },
  },
  may: {
    anon: {},
    'authenticated, nobody': {},
    'guest A': {},
    'guest B': {},
    registered: {},
    agent: {},
    'deactivated agent': {},
    'guest with an agent’s row': {},
    admin: {},
    'deactivated admin': {},
    'the room': {},
    'service role': {},
  },
  policies: [],
  example: {
    conversation_id: ROOM.A,
    from_visitor: ID['guest B'],
    to_visitor: ID.registered,
    closed: false,
    moved_at: '2026-01-01T00:00:00Z',
  },
  refuses: {
    conversation_moves_pkey: { conversation_id: ROOM.registered, from_visitor: ID['somebody new'] },
    conversation_moves_conversation_id_fkey: { conversation_id: '99999999-0000-4000-8000-000000000000' },
  },
};
