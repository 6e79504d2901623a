import { and, desc, eq, gte, lt, or, type SQL, sql } from 'drizzle-orm';
import { v7 as uuidv7 } from 'uuid';
import type { AuditAction, AuditActor, AuditEntry } from '../../app/protocol/audit.ts';
import { auditLog } from '../../drizzle/schema/index.ts';
import type { Transaction } from './database.ts';

/** Writes down what rooms noted; an entry that is there already changes nothing. */
export async function recordAudit(tx: Transaction, entries: readonly AuditEntry[]): Promise<void> {
  await tx.execute(sql`select private.record_audit(${JSON.stringify(entries)}::jsonb)`);
}

interface Act {
  action: AuditAction;
  actor: AuditActor;
  agent?: { id: string; name: string };
  change?: { from: string; to: string };
  site?: string;
}

/** Writes down what is done in this very transaction: neither is ever there without the other. */
export async function noteAct(tx: Transaction, { action, actor, agent, change, site }: Act): Promise<void> {
  const entry: AuditEntry = {
    // In the order of what is done, within a millisecond, too.
    id: uuidv7(),
    at: new Date().toISOString(),
    action,
    actor,
    conversationId: null,
    agent: agent ?? null,
    change: change ?? null,
    site: site ?? null,
  };
  await recordAudit(tx, [entry]);
}

export interface AuditQuery {
  /** Who did it, or whom it concerns. */
  person?: string | undefined;
  action?: AuditAction | undefined;
  conversation?: string | undefined;
  /** Days, `YYYY-MM-DD` in UTC; `to` is included. */
  from?: string | undefined;
  to?: string | undefined;
  /** The last entry of the page before. */
  before?: { at: string; id: string } | undefined;
  /** 1 to 100. */
  limit: number;
}

/**
 * A keyset page of the log, newest first, as the transaction's role may see it: the policies let admins alone.
 *
 * @returns the entries, and whether there are older ones
 */
export async function listAudit(
  tx: Transaction,
  { person, action, conversation, from, to, before, limit }: AuditQuery,
): Promise<{ entries: AuditEntry[]; more: boolean }> {
  const conditions: (SQL | undefined)[] = [
    person === undefined ? undefined : or(eq(auditLog.actorId, person), eq(auditLog.agentId, person)),
    action && eq(auditLog.action, action),
    conversation === undefined ? undefined : eq(auditLog.conversationId, conversation),
    from === undefined ? undefined : gte(auditLog.at, sql`(${from}::date)::timestamp at time zone 'UTC'`),
    to === undefined ? undefined : lt(auditLog.at, sql`(${to}::date + 1)::timestamp at time zone 'UTC'`),
    before && sql`(${auditLog.at}, ${auditLog.id}) < (${before.at}::timestamptz, ${before.id}::uuid)`,
  ];
  const rows = await tx
    .select({
      id: auditLog.id,
      // With all its digits: the next page begins after exactly this one.
      at: sql<string>`to_char(${auditLog.at} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`,
      action: auditLog.action,
      actorId: auditLog.actorId,
      actorRole: auditLog.actorRole,
      actorName: auditLog.actorName,
      conversationId: auditLog.conversationId,
      agentId: auditLog.agentId,
      agentName: auditLog.agentName,
      changedFrom: auditLog.changedFrom,
      changedTo: auditLog.changedTo,
      site: auditLog.site,
      network: sql<string | null>`${auditLog.network}::text`,
    })
    .from(auditLog)
    .where(and(...conditions))
    .orderBy(desc(auditLog.at), desc(auditLog.id))
    .limit(limit + 1);
  const entries = rows.slice(0, limit).map((row) => ({
    id: row.id,
    at: row.at,
    action: row.action,
    actor: { id: row.actorId, role: row.actorRole, name: row.actorName, from: row.network },
    conversationId: row.conversationId,
    agent: row.agentId === null ? null : { id: row.agentId, name: row.agentName ?? '' },
    change:
      row.changedFrom === null || row.changedTo === null
        ? null
        : { from: row.changedFrom, to: row.changedTo },
    site: row.site,
  }));
  return { entries, more: rows.length > limit };
}
