import { ID } from '../people.ts';
import { ALL, NONE, type TableAccess } from '../table.ts';

const nothing = { select: [ALL, NONE] } as const;

/** A registered person reads their own, agents read all; a guest has none, and would not be shown one. */
export const profiles: TableAccess = {
  name: 'public.profiles',
  key: 'id',
  rows: {
    registered: { id: ID.registered, full_name: 'Rita', email: 'rita@people.test' },
    agent: { id: ID.agent, full_name: 'Agent' },
    'deactivated agent': { id: ID['deactivated agent'], full_name: 'Former agent' },
    'deactivated admin': { id: ID['deactivated admin'], full_name: 'Former admin' },
    'guest A': { id: ID['guest A'], full_name: 'Was never theirs' },
    'guest with an agent’s row': { id: ID['guest with an agent’s row'] },
  },
  may: {
    anon: {},
    'authenticated, nobody': nothing,
    'guest A': nothing,
    'guest B': nothing,
    registered: { select: [ALL, ['registered']] },
    agent: { select: [ALL, ALL] },
    'deactivated agent': { select: [ALL, ['deactivated agent']] },
    'guest with an agent’s row': nothing,
    admin: { select: [ALL, ALL] },
    'deactivated admin': { select: [ALL, ['deactivated admin']] },
    'the room': {},
    'service role': { select: [ALL, ALL], insert: ALL, update: [ALL, ALL], delete: ALL },
  },
  policies: ['registered_read_own_profile', 'agents_read_profiles'],
  example: { id: ID['somebody new'], full_name: 'New', email: 'a@b.test', phone: '+86 1', age: 40 },
  refuses: {
    profiles_pkey: { id: ID.registered },
    profiles_id_users_id_fk: { id: '99999999-0000-4000-8000-000000000000' },
    profiles_full_name: { full_name: ' ' },
    profiles_email: { email: `${'x'.repeat(320)}@b.test` },
    profiles_phone: { phone: '1' },
    profiles_age: { age: 131 },
    profiles_nationality: { nationality: '' },
    profiles_locale: { locale: 'x' },
  },
};
