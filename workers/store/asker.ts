import { eq } from 'drizzle-orm';
import type { AuditActor } from '../../app/protocol/audit.ts';
import { chatAgents } from '../../drizzle/schema/index.ts';
import type { Transaction } from './database.ts';

/** Who asks, by their own words only as far as the id; the rest is looked up. */
export interface Asker {
  id: string;
  /** The network they ask from. */
  from: string | null;
}

/** Somebody's row on the team, whatever their state. */
export async function memberOf(tx: Transaction, id: string) {
  const [row] = await tx.select().from(chatAgents).where(eq(chatAgents.id, id));
  return row;
}

/** Whoever asks, as the audit log names them; null for anybody but an active admin. */
export async function adminActor(tx: Transaction, { id, from }: Asker): Promise<AuditActor | null> {
  const member = await memberOf(tx, id);
  return member?.active && member.role === 'admin' ? { id, role: 'admin', name: member.name, from } : null;
}
