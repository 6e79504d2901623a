import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { ConversationContext } from '../../app/protocol/context.ts';
import type { IngestOutcome, IngestPart } from '../rooms/records.ts';
import type { Transaction } from './database.ts';
import {
  type ClaimedRow,
  type ConversationRow,
  claimedRowSchema,
  conversationRowSchema,
  type MessageRow,
  messageRowSchema,
} from './rows.ts';

/** The queries rooms and lanes need; each is one function of the `private` schema, run as `chat_room`. */

export interface NewConversation {
  id: string;
  visitorId: string;
  firstClientId: string | null;
  subject: string | null;
  metadata: ConversationContext;
}

const createdSchema = z.object({ created: z.boolean(), conversation: conversationRowSchema });

export async function createConversation(
  tx: Transaction,
  input: NewConversation,
): Promise<{ created: boolean; conversation: ConversationRow }> {
  const [row] = await tx.execute(sql`select private.create_conversation(
    ${input.visitorId}::uuid, ${input.id}::uuid, ${input.firstClientId}::uuid, ${input.subject}::text,
    ${JSON.stringify(input.metadata)}::jsonb) as result`);
  return createdSchema.parse(row?.result);
}

/** Claims the conversation for a room without a log; null when there is no such conversation. */
export async function claimRoom(tx: Transaction, conversationId: string): Promise<ClaimedRow | null> {
  const [row] = await tx.execute(sql`select private.claim_room(${conversationId}::uuid) as result`);
  return claimedRowSchema.nullable().parse(row?.result);
}

export async function roomMessages(
  tx: Transaction,
  conversationId: string,
  after: number,
  limit: number,
): Promise<MessageRow[]> {
  const rows = await tx.execute(sql`select to_jsonb(m) as row
    from private.room_messages(${conversationId}::uuid, ${after}::bigint, ${limit}::integer) m`);
  return rows.map(({ row }) => messageRowSchema.parse(row));
}

const ingestResultSchema = z.array(
  z.object({
    conversationId: z.string(),
    head: z.number().optional(),
    code: z.enum(['gone', 'stale_epoch', 'gap', 'differs', 'refused']).optional(),
  }),
);

/** Writes many conversations' parts in one statement; the outcomes are keyed by conversation. */
export async function ingest(tx: Transaction, parts: IngestPart[]): Promise<Map<string, IngestOutcome>> {
  const [row] = await tx.execute(sql`select private.ingest(${toBatch(parts)}::json) as result`);
  return new Map(
    ingestResultSchema
      .parse(row?.result)
      .map(({ conversationId, head, code }) => [
        conversationId,
        code === undefined
          ? { ok: true, head: head ?? 0 }
          : { ok: false, code, ...(head === undefined ? {} : { head }) },
      ]),
  );
}

/** The argument of `private.ingest`. The messages are JSON already. */
export function toBatch(parts: readonly IngestPart[]): string {
  const items = parts.map(({ conversationId, epoch, messages, state }) => {
    const rest = JSON.stringify({ conversationId, epoch, state });
    return `${rest.slice(0, -1)},"messages":${messages}}`;
  });
  return `[${items.join(',')}]`;
}

const reopenedSchema = z.union([
  z.object({ ok: z.literal(true) }),
  z.object({ ok: z.literal(false), open: z.string().nullable() }),
  z.null(),
]);

/** Asks whether a closed conversation may be open again; null when it is gone or another life's. */
export async function reopenConversation(
  tx: Transaction,
  conversationId: string,
  epoch: number,
): Promise<z.infer<typeof reopenedSchema>> {
  const [row] = await tx.execute(
    sql`select private.reopen_conversation(${conversationId}::uuid, ${epoch}::bigint) as result`,
  );
  return reopenedSchema.parse(row?.result);
}
