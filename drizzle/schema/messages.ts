import { sql } from 'drizzle-orm';
import { check, jsonb, pgPolicy, pgTable, text, unique, uuid } from 'drizzle-orm/pg-core';
import { authenticatedRole } from 'drizzle-orm/supabase';
import { instant, seqColumn } from './columns.ts';
import { conversations } from './conversations.ts';
import { currentUser, isAgent } from './predicates.ts';

/** What was said: for each conversation a gap-free prefix of its room's log. */
export const messages = pgTable(
  'messages',
  {
    /** uuidv7, made by the room. */
    id: uuid('id').primaryKey(),
    conversationId: uuid('conversation_id')
      .notNull()
      .references(() => conversations.id, { onDelete: 'cascade' }),
    seq: seqColumn('seq').notNull(),
    /**
     * Not a foreign key: the room has acked the message before it comes here, so nothing about its sender may
     * keep it out. System messages have the nil uuid.
     */
    senderId: uuid('sender_id').notNull(),
    senderRole: text('sender_role', { enum: ['visitor', 'agent', 'system'] }).notNull(),
    senderName: text('sender_name').notNull(),
    /** The sender's id for it, which dedupes resends for ever. */
    clientId: uuid('client_id').notNull(),
    messageType: text('message_type', { enum: ['text', 'image', 'file', 'system'] })
      .notNull()
      .default('text'),
    content: text('content'),
    attachmentUrl: text('attachment_url'),
    attachmentName: text('attachment_name'),
    event: jsonb('event').$type<{ key: string; params: Record<string, string> }>(),
    /** When the room took it. */
    createdAt: instant('created_at').notNull(),
  },
  (table) => [
    unique('messages_conversation_seq').on(table.conversationId, table.seq),
    unique('messages_client_id').on(table.conversationId, table.senderId, table.clientId),
    check('messages_seq', sql`seq > 0`),
    check('messages_sender_role', sql`sender_role in ('visitor', 'agent', 'system')`),
    check('messages_type', sql`message_type in ('text', 'image', 'file', 'system')`),
    check('messages_system', sql`(sender_role = 'system') = (message_type = 'system')`),
    pgPolicy('participants_read_messages', {
      for: 'select',
      to: authenticatedRole,
      using: sql`${isAgent} or conversation_id in (select id from public.conversations where visitor_id = ${currentUser})`,
    }),
  ],
);
