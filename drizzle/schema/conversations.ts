import { sql } from 'drizzle-orm';
import { bigint, check, index, jsonb, pgPolicy, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { authenticatedRole, authUsers } from 'drizzle-orm/supabase';
import { chatAgents } from './chat-agents.ts';
import { instant, seqColumn } from './columns.ts';
import { currentUser, isAgent } from './predicates.ts';

/** One talk between a visitor and the agents. Its room owns the state; this is what it wrote through. */
export const conversations = pgTable(
  'conversations',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    visitorId: uuid('visitor_id')
      .notNull()
      .references(() => authUsers.id, { onDelete: 'cascade' }),
    /** null: nobody has accepted it. */
    agentId: uuid('agent_id').references(() => chatAgents.id, { onDelete: 'set null' }),
    status: text('status', { enum: ['waiting', 'active', 'closed'] })
      .notNull()
      .default('waiting'),
    subject: text('subject'),
    category: text('category'),
    /** Where the visitor came from and what they saved, taken once at creation. */
    metadata: jsonb('metadata').$type<Record<string, unknown>>().notNull().default({}),
    /** Client id of the message that made it, so that a retry finds it again even after it was closed. */
    firstClientId: uuid('first_client_id'),
    /** Newest seq of the gap-free prefix held here. */
    headSeq: seqColumn('head_seq').notNull().default(0),
    /** The state's revision: an older one is ignored. */
    rev: bigint('rev', { mode: 'number' }).notNull().default(0),
    /** Which life of the room may write: a room that lost its storage claims the next one. */
    epoch: bigint('epoch', { mode: 'number' }).notNull().default(1),
    visitorReadSeq: seqColumn('visitor_read_seq').notNull().default(0),
    agentReadSeq: seqColumn('agent_read_seq').notNull().default(0),
    lastMessageAt: instant('last_message_at'),
    firstResponseAt: instant('first_response_at'),
    createdAt: instant('created_at').notNull().defaultNow(),
    updatedAt: instant('updated_at').notNull().defaultNow(),
    closedAt: instant('closed_at'),
  },
  (table) => [
    check('conversations_status', sql`status in ('waiting', 'active', 'closed')`),
    check('conversations_closed_at', sql`(status = 'closed') = (closed_at is not null)`),
    // Two tabs that both write first: the second finds the first's conversation (the seed's 11.1).
    uniqueIndex('conversations_one_active_per_visitor')
      .on(table.visitorId)
      .where(sql`status in ('waiting', 'active')`),
    uniqueIndex('conversations_first_message').on(table.visitorId, table.firstClientId),
    index('conversations_visitor').on(
      table.visitorId,
      table.createdAt.desc().nullsFirst(),
      table.id.desc().nullsFirst(),
    ),
    index('conversations_open').on(table.status, table.createdAt).where(sql`status in ('waiting', 'active')`),
    index('conversations_agent').on(table.agentId, table.createdAt.desc().nullsFirst()),
    index('conversations_recent').on(table.createdAt.desc().nullsFirst(), table.id.desc().nullsFirst()),
    pgPolicy('visitors_read_own_conversations', {
      for: 'select',
      to: authenticatedRole,
      using: sql`visitor_id = ${currentUser}`,
    }),
    pgPolicy('agents_read_conversations', { for: 'select', to: authenticatedRole, using: isAgent }),
  ],
);
