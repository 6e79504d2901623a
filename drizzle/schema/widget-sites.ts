import { sql } from 'drizzle-orm';
import { check, pgPolicy, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { authenticatedRole, authUsers } from 'drizzle-orm/supabase';
import { instant } from './columns.ts';
import { isAdmin } from './predicates.ts';

/** The websites that may carry the chat: what `frame-ancestors` of the widget's document lists. */
export const widgetSites = pgTable(
  'widget_sites',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    /** `https://shop.example`, `https://*.shop.example` or, for development, `http://localhost:3000`. */
    origin: text('origin').notNull().unique(),
    /** What the admins call it. */
    label: text('label').notNull().default(''),
    createdBy: uuid('created_by').references(() => authUsers.id, { onDelete: 'set null' }),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  () => [
    // It goes into a header as it is: nothing in it may end the directive or add a source.
    check(
      'widget_sites_origin',
      sql`origin ~ '^https?://([*][.])?[a-z0-9.-]+(:[0-9]{1,5})?$' and length(origin) <= 255`,
    ),
    check('widget_sites_label', sql`length(label) <= 80`),
    pgPolicy('admins_read_widget_sites', { for: 'select', to: authenticatedRole, using: isAdmin }),
  ],
);
