import { ID } from '../people.ts';
import { ALL, NONE, type TableAccess } from '../table.ts';

const nothing = { select: [ALL, NONE] } as const;

/** The admins’, to read. What is in it may frame the chat, so nobody writes but the Worker. */
export const widgetSites: TableAccess = {
  name: 'public.widget_sites',
  key: 'id',
  rows: {
    shop: {
      id: 'b0000001-0000-4000-8000-000000000000',
      origin: 'https://shop.example',
      created_by: ID.admin,
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
    'service role': { select: [ALL, ALL], insert: ALL, update: [ALL, ALL], delete: ALL },
  },
  policies: ['admins_read_widget_sites'],
  example: { id: 'b0000012-0000-4000-8000-000000000000', origin: 'https://*.clinic.example:8443' },
  refuses: {
    widget_sites_pkey: { id: 'b0000001-0000-4000-8000-000000000000' },
    widget_sites_origin_unique: { origin: 'https://shop.example' },
    // It goes into a header as it is.
    widget_sites_origin: { origin: 'https://shop.example; script-src *' },
    widget_sites_label: { label: 'x'.repeat(81) },
    widget_sites_created_by_users_id_fk: { created_by: '99999999-0000-4000-8000-000000000000' },
  },
};
