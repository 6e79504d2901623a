import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Transaction } from './database.ts';

/** Whose a conversation is, and the moves of a guest's into an account; functions of the `private` schema. */

const ownerSchema = z.object({
  id: z.string(),
  name: z.string().nullable(),
  isAnonymous: z.boolean(),
  /** Guests it belonged to before, oldest first. */
  formerVisitors: z.array(z.string()),
  /** It was open and had to be closed as it moved. */
  closed: z.boolean(),
});
export type OwnerRow = z.infer<typeof ownerSchema>;

/** Null when there is no such conversation. */
export async function conversationOwner(tx: Transaction, conversationId: string): Promise<OwnerRow | null> {
  const [row] = await tx.execute(sql`select private.conversation_owner(${conversationId}::uuid) as result`);
  return ownerSchema.nullable().parse(row?.result);
}

const movedSchema = z.object({ brought: z.number(), rooms: z.array(z.string()) });

/** Null unless it is a guest's into an account. */
export async function moveConversations(
  tx: Transaction,
  guestId: string,
  accountId: string,
): Promise<z.infer<typeof movedSchema> | null> {
  const [row] = await tx.execute(
    sql`select private.move_conversations(${guestId}::uuid, ${accountId}::uuid) as result`,
  );
  return movedSchema.nullable().parse(row?.result);
}

export async function untoldMoves(tx: Transaction, limit: number): Promise<string[]> {
  const rows = await tx.execute(sql`select id from private.untold_moves(${limit}::integer) as id`);
  return rows.map(({ id }) => z.string().parse(id));
}

export async function toldMove(tx: Transaction, conversationId: string): Promise<void> {
  await tx.execute(sql`select private.told_move(${conversationId}::uuid)`);
}
