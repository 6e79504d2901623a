import { sql } from 'drizzle-orm';
import { boolean, check, integer, pgPolicy, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { authenticatedRole, authUsers } from 'drizzle-orm/supabase';
import { instant } from './columns.ts';

/** The people who answer. Being here and `active` is what makes somebody an agent; no token claim does. */
export const chatAgents = pgTable(
  'chat_agents',
  {
    id: uuid('id')
      .primaryKey()
      .references(() => authUsers.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    avatarUrl: text('avatar_url'),
    role: text('role', { enum: ['agent', 'admin'] })
      .notNull()
      .default('agent'),
    active: boolean('active').notNull().default(true),
    /** Since when an invitation is open: they have not chosen a name and a password yet, and are not active. */
    invitedAt: instant('invited_at'),
    isOnline: boolean('is_online').notNull().default(false),
    /** Conversations at once. */
    maxChats: integer('max_chats').notNull().default(5),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  () => [
    check('chat_agents_role', sql`role in ('agent', 'admin')`),
    check('chat_agents_max_chats', sql`max_chats between 0 and 1000`),
    check('chat_agents_invited', sql`not (active and invited_at is not null)`),
    check('chat_agents_name', sql`length(btrim(name)) between 1 and 80`),
    // Visitors see who they talk to. Which columns they see is settled by the grants.
    pgPolicy('agents_are_shown', { for: 'select', to: authenticatedRole, using: sql`true` }),
  ],
);
