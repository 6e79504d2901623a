import { ID } from '../people.ts';
import { ALL, NONE, type TableAccess } from '../table.ts';
import { ROOM } from './conversations.ts';

const nothing = { select: [ALL, NONE] } as const;

/** The admins’, to read. It is only ever added to: a trigger refuses whatever the grants might let through. */
export const auditLog: TableAccess = {
  name: 'public.audit_log',
  key: 'id',
  rows: {
    'A’s conversation was opened': {
      id: 'a1000001-0000-4000-8000-000000000000',
      at: '2026-01-01T00:00:00Z',
      action: 'opened',
      actor_id: ID.agent,
      actor_role: 'agent',
      conversation_id: ROOM.A,
    },
    'the guest’s own': {
      id: 'a1000002-0000-4000-8000-000000000000',
      at: '2026-01-01T00:00:00Z',
      action: 'closed',
      actor_id: ID['guest A'],
      actor_role: 'visitor',
      conversation_id: ROOM.A,
    },
  },
  may: {
    anon: {},
    'authenticated, nobody': nothing,
    'guest A': nothing,
    'guest B': nothing,
    registered: nothing,
    agent: nothing,
    'deactivated agent': nothing,
    'guest with an agent’s row': nothing,
    admin: { select: [ALL, ALL] },
    'deactivated admin': nothing,
    'the room': {},
    'service role': { select: [ALL, ALL], insert: ALL },
  },
  policies: ['admins_read_audit'],
  triggers: ['audit_log_append_only'],
  example: {
    id: 'a1000012-0000-4000-8000-000000000000',
    at: '2026-01-01T00:00:00Z',
    action: 'renamed',
    actor_id: ID.admin,
    actor_role: 'admin',
    actor_name: 'Admin',
    changed_from: 'one',
    changed_to: 'two',
    network: '192.0.2.0/24',
  },
  refuses: {
    audit_log_pkey: { id: 'a1000001-0000-4000-8000-000000000000' },
    audit_log_action: { action: 'whistled', changed_from: null, changed_to: null },
    audit_log_actor_role: { actor_role: 'owner' },
    audit_log_actor: { actor_id: null },
    audit_log_actor_name: { actor_name: 'x'.repeat(81) },
    audit_log_agent_name: { agent_name: 'x'.repeat(81) },
    audit_log_change: { changed_to: null },
    audit_log_site: { site: 'https://shop.example' },
    audit_log_network: { network: '192.0.2.7/32' },
  },
};
