import { ID } from '../people.ts';
import { ALL, NONE, type TableAccess } from '../table.ts';
import { ROOM } from './conversations.ts';

/** Whose words → the message's id. */
export const MESSAGE = {
  'A says': 'd000000a-0000-4000-8000-000000000000',
  'A is answered': 'd00000aa-0000-4000-8000-000000000000',
  'B says': 'd000000b-0000-4000-8000-000000000000',
  'registered says': 'd000000c-0000-4000-8000-000000000000',
} as const;

const said = (id: string, conversation_id: string, seq: number, sender_id: string, sender_role: string) => ({
  id,
  conversation_id,
  seq,
  sender_id,
  sender_role,
  sender_name: 'Somebody',
  client_id: id,
  content: 'words',
  created_at: '2026-01-01T00:00:00Z',
});

const example = {
  ...said('d0000012-0000-4000-8000-000000000000', ROOM.A, 3, ID['guest A'], 'visitor'),
  message_type: 'text',
};

const nothing = { select: [ALL, NONE] } as const;

/** Who may see a conversation reads what was said in it; nobody writes. */
export const messages: TableAccess = {
  name: 'public.messages',
  key: 'id',
  rows: {
    'A says': said(MESSAGE['A says'], ROOM.A, 1, ID['guest A'], 'visitor'),
    'A is answered': said(MESSAGE['A is answered'], ROOM.A, 2, ID.agent, 'agent'),
    'B says': said(MESSAGE['B says'], ROOM.B, 1, ID['guest B'], 'visitor'),
    'registered says': said(MESSAGE['registered says'], ROOM.registered, 1, ID.registered, 'visitor'),
  },
  may: {
    anon: {},
    'authenticated, nobody': nothing,
    'guest A': { select: [ALL, ['A says', 'A is answered']] },
    'guest B': { select: [ALL, ['B says']] },
    registered: { select: [ALL, ['registered says']] },
    agent: { select: [ALL, ALL] },
    'deactivated agent': nothing,
    'guest with an agent’s row': nothing,
    admin: { select: [ALL, ALL] },
    'deactivated admin': nothing,
    'the room': {},
    'service role': { select: [ALL, ALL], insert: ALL, update: [ALL, ALL], delete: ALL },
  },
  policies: ['participants_read_messages'],
  example,
  refuses: {
    messages_pkey: { id: MESSAGE['A says'] },
    messages_conversation_seq: { seq: 2 },
    messages_client_id: { client_id: MESSAGE['A says'] },
    messages_seq: { seq: 0 },
    messages_sender_role: { sender_role: 'owner' },
    messages_type: { message_type: 'poem' },
    messages_system: { sender_role: 'system' },
    messages_conversation_id_conversations_id_fk: {
      conversation_id: '99999999-0000-4000-8000-000000000000',
    },
  },
};
