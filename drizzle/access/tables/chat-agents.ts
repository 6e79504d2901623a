import { ID } from '../people.ts';
import { ALL, columns, type TableAccess } from '../table.ts';

// Visitors see who they talk to, and no more: neither role, nor places, nor whether somebody still works here.
const shown = columns('id name avatar_url is_online');
const everybody = { select: [shown, ALL] } as const;

/** Everybody with an account sees a name and whether they are here; being in it makes an agent, so nobody writes. */
export const chatAgents: TableAccess = {
  name: 'public.chat_agents',
  key: 'id',
  rows: {
    agent: { id: ID.agent, name: 'Agent' },
    'deactivated agent': { id: ID['deactivated agent'], name: 'Former agent', active: false },
    'guest with an agent’s row': {
      id: ID['guest with an agent’s row'],
      name: 'Guest at the desk',
      role: 'admin',
    },
    admin: { id: ID.admin, name: 'Admin', role: 'admin' },
    'deactivated admin': {
      id: ID['deactivated admin'],
      name: 'Former admin',
      role: 'admin',
      active: false,
    },
  },
  may: {
    anon: {},
    'authenticated, nobody': everybody,
    'guest A': everybody,
    'guest B': everybody,
    registered: everybody,
    agent: everybody,
    'deactivated agent': everybody,
    'guest with an agent’s row': everybody,
    admin: everybody,
    'deactivated admin': everybody,
    'the room': {},
    'service role': { select: [ALL, ALL], insert: ALL, update: [ALL, ALL], delete: ALL },
  },
  policies: ['agents_are_shown'],
  triggers: ['chat_agents_keep_an_admin', 'chat_agents_keep_an_admin_there'],
  example: { id: ID['somebody new'], name: 'New agent' },
  refuses: {
    chat_agents_pkey: { id: ID.agent },
    chat_agents_role: { role: 'owner' },
    chat_agents_max_chats: { max_chats: -1 },
    chat_agents_name: { name: ' ' },
    chat_agents_invited: { invited_at: '2026-01-01T00:00:00Z' },
    chat_agents_id_users_id_fk: { id: '99999999-0000-4000-8000-000000000000' },
  },
};
