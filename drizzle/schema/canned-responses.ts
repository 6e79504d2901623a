import { sql } from 'drizzle-orm';
import { check, pgPolicy, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { authenticatedRole } from 'drizzle-orm/supabase';
import { instant } from './columns.ts';
import { isAgent } from './predicates.ts';

/** Answers agents keep at hand. */
export const cannedResponses = pgTable(
  'canned_responses',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    /** What is typed to find it, for instance `/greeting`. */
    shortcut: text('shortcut').notNull().unique(),
    content: text('content').notNull(),
    category: text('category'),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  () => [
    check('canned_responses_shortcut', sql`shortcut ~ '^/[^[:space:]]{1,40}$'`),
    pgPolicy('agents_read_canned', { for: 'select', to: authenticatedRole, using: isAgent }),
  ],
);
