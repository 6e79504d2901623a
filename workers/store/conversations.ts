import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { contextSchema } from '../../app/protocol/context.ts';
import {
  type ConversationSummary,
  conversationStatuses,
  type ParticipantRole,
  senderRoles,
  systemEventSchema,
} from '../../app/protocol/model.ts';
import { displayName } from '../rooms/names.ts';
import type { LogRow } from '../rooms/records.ts';
import type { Transaction } from './database.ts';
import type { MessageRow } from './rows.ts';

/** Lists and pages, read from Postgres with the reader's own rights: the policies decide what is there. */

export const listScopes = ['open', 'closed', 'all'] as const;
export type ListScope = (typeof listScopes)[number];

const lastMessageSchema = z
  .object({
    seq: z.number(),
    senderRole: z.enum(senderRoles),
    kind: z.enum(['text', 'image', 'file', 'system']),
    text: z.string().nullable(),
    event: systemEventSchema.nullable(),
    at: z.string(),
  })
  .nullable();

const summaryRowSchema = z.object({
  id: z.string(),
  status: z.enum(conversationStatuses),
  subject: z.string().nullable(),
  category: z.string().nullable(),
  metadata: contextSchema.catch({}),
  rev: z.number(),
  visitor_read_seq: z.number(),
  agent_read_seq: z.number(),
  created_at: z.string(),
  closed_at: z.string().nullable(),
  visitor_id: z.string(),
  visitor_name: z.string().nullable(),
  visitor_is_anonymous: z.boolean().nullable(),
  agent: z
    .object({ id: z.string(), name: z.string(), avatarUrl: z.string().nullable(), online: z.boolean() })
    .nullable(),
  unread_visitor: z.number(),
  unread_agent: z.number(),
  last_message: lastMessageSchema,
});

const summaryColumns = sql`
  c.id, c.status, c.subject, c.category, c.metadata, c.rev, c.visitor_read_seq, c.agent_read_seq,
  c.created_at, c.closed_at, c.visitor_id, v.name as visitor_name, v.is_anonymous as visitor_is_anonymous,
  (select jsonb_build_object('id', a.id, 'name', a.name, 'avatarUrl', a.avatar_url, 'online', a.is_online)
     from public.chat_agents a where a.id = c.agent_id) as agent,
  (select count(*) from public.messages m
     where m.conversation_id = c.id and m.seq > c.visitor_read_seq and m.sender_role = 'agent') as unread_visitor,
  (select count(*) from public.messages m
     where m.conversation_id = c.id and m.seq > c.agent_read_seq and m.sender_role = 'visitor') as unread_agent,
  (select jsonb_build_object('seq', m.seq, 'senderRole', m.sender_role, 'kind', m.message_type, 'text', m.content,
       'event', m.event, 'at', m.created_at)
     from public.messages m where m.conversation_id = c.id order by m.seq desc limit 1) as last_message`;

export interface ListQuery {
  scope: ListScope;
  /** `next` of the page before. */
  before?: string;
  /** 1 to 200. */
  limit: number;
  /** For whom: visitors are not shown `metadata`. */
  reader: ParticipantRole;
}

/**
 * A keyset page of the conversations the transaction's role may see, newest first.
 *
 * @returns the page, and where the next begins unless this is the last.
 */
export async function listConversations(
  tx: Transaction,
  query: ListQuery,
): Promise<{ conversations: ConversationSummary[]; next?: string }> {
  const conditions: SQL[] = [sql`true`];
  // The policies say so anyway; by them alone, one or the other, Postgres would walk through everybody's.
  if (query.reader === 'visitor') conditions.push(sql`c.visitor_id = (select auth.uid())`);
  if (query.scope === 'open') conditions.push(sql`c.status in ('waiting', 'active')`);
  if (query.scope === 'closed') conditions.push(sql`c.status = 'closed'`);
  const cursor = query.before === undefined ? null : decodeCursor(query.before);
  if (cursor) conditions.push(sql`(c.created_at, c.id) < (${cursor.at}::timestamptz, ${cursor.id}::uuid)`);

  const rows = await tx.execute(sql`
    select to_jsonb(page) as row from (
      select ${summaryColumns}
      from public.conversations c left join lateral private.visitor_card(c.visitor_id) v on true
      where ${sql.join(conditions, sql` and `)}
      order by c.created_at desc, c.id desc
      limit ${query.limit + 1}
    ) page`);
  const parsed = rows.map(({ row }) => summaryRowSchema.parse(row));
  const page = parsed.slice(0, query.limit);
  const last = page.at(-1);
  return {
    conversations: page.map((row) => toSummary(row, query.reader)),
    ...(parsed.length > page.length && last ? { next: encodeCursor(last.created_at, last.id) } : {}),
  };
}

/** Whether the transaction's role may see this conversation: the policies' own answer. */
export async function canSee(tx: Transaction, conversationId: string): Promise<boolean> {
  const rows = await tx.execute(sql`select from public.conversations where id = ${conversationId}::uuid`);
  return rows.length > 0;
}

/** A row of Postgres as the row of the log it came from. */
export function logRowOf(row: MessageRow): LogRow {
  return {
    seq: row.seq,
    id: row.id,
    senderId: row.sender_id,
    senderRole: row.sender_role,
    senderName: row.sender_name,
    clientId: row.client_id,
    kind: row.message_type,
    text: row.content,
    event: row.event,
    at: row.created_at,
  };
}

function toSummary(row: z.infer<typeof summaryRowSchema>, reader: ParticipantRole): ConversationSummary {
  const last = row.last_message;
  return {
    id: row.id,
    status: row.status,
    subject: row.subject,
    agent: row.agent,
    visitor: {
      id: row.visitor_id,
      name: displayName(row.visitor_name),
      isAnonymous: row.visitor_is_anonymous ?? true,
      online: false,
    },
    tags: [],
    category: row.category,
    ...(reader === 'agent' ? { metadata: row.metadata } : {}),
    read: { visitor: row.visitor_read_seq, agent: row.agent_read_seq },
    unread: { visitor: row.unread_visitor, agent: row.unread_agent },
    rev: row.rev,
    createdAt: iso(row.created_at),
    closedAt: row.closed_at === null ? null : iso(row.closed_at),
    lastMessage: last && {
      seq: last.seq,
      senderRole: last.senderRole,
      kind: last.kind,
      text: last.text,
      ...(last.event ? { event: last.event } : {}),
      at: iso(last.at),
    },
  };
}

const iso = (text: string) => new Date(text).toISOString();

function encodeCursor(at: string, id: string): string {
  return `${at}~${id}`;
}

/** Only times as Postgres writes them: it refuses the year 0, offsets of a day and endless fractions. */
const cursorSchema = z.tuple([
  z.iso.datetime({ offset: true }).regex(/^(?!0000)[^.]*(?:\.\d{1,6})?(?:Z|[+-](?:0\d|1[0-5]):\d\d)$/u),
  z.uuid(),
]);

function decodeCursor(cursor: string): { at: string; id: string } | null {
  const parsed = cursorSchema.safeParse(cursor.split('~'));
  return parsed.success ? { at: parsed.data[0], id: parsed.data[1] } : null;
}

/** Whether `before` is something `listConversations` gave out. */
export function isCursor(cursor: string): boolean {
  return decodeCursor(cursor) !== null;
}
