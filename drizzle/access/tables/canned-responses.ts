import { ALL, NONE, type TableAccess } from '../table.ts';

const nothing = { select: [ALL, NONE] } as const;

/** The agents’, to read. */
export const cannedResponses: TableAccess = {
  name: 'public.canned_responses',
  key: 'id',
  rows: {
    greeting: { id: 'e0000001-0000-4000-8000-000000000000', shortcut: '/greeting', content: 'Hello' },
  },
  may: {
    anon: {},
    'authenticated, nobody': nothing,
    'guest A': nothing,
    'guest B': nothing,
    registered: nothing,
    agent: { select: [ALL, ALL] },
    'deactivated agent': nothing,
    'guest with an agent’s row': nothing,
    admin: { select: [ALL, ALL] },
    'deactivated admin': nothing,
    'the room': {},
    'service role': { select: [ALL, ALL], insert: ALL, update: [ALL, ALL], delete: ALL },
  },
  policies: ['agents_read_canned'],
  example: { id: 'e0000012-0000-4000-8000-000000000000', shortcut: '/bye', content: 'Bye' },
  refuses: {
    canned_responses_pkey: { id: 'e0000001-0000-4000-8000-000000000000' },
    canned_responses_shortcut_unique: { shortcut: '/greeting' },
    canned_responses_shortcut: { shortcut: 'no slash' },
  },
};
