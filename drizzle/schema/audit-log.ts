import { sql } from 'drizzle-orm';
import { check, cidr, index, pgPolicy, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { authenticatedRole } from 'drizzle-orm/supabase';
import { AUDIT_ACTIONS, AUDIT_ROLES } from '../../app/protocol/audit.ts';
import { instant } from './columns.ts';
import { isAdmin } from './predicates.ts';

const oneOf = (values: readonly string[]) => sql.raw(values.map((value) => `'${value}'`).join(', '));

/**
 * Who did what, for admins. Append-only: a trigger refuses every change, whoever asks. Never what was said. No
 * foreign keys: what somebody did stays written down when they, or the conversation, are gone.
 */
export const auditLog = pgTable(
  'audit_log',
  {
    /** Made by whoever noted it, so that noting it again changes nothing. */
    id: uuid('id').primaryKey(),
    at: instant('at').notNull(),
    action: text('action', { enum: AUDIT_ACTIONS }).notNull(),
    actorId: uuid('actor_id'),
    actorRole: text('actor_role', { enum: AUDIT_ROLES }).notNull(),
    /** What they were called then. */
    actorName: text('actor_name'),
    conversationId: uuid('conversation_id'),
    /** The agent it concerns, where that is another than the actor's own business. */
    agentId: uuid('agent_id'),
    agentName: text('agent_name'),
    changedFrom: text('changed_from'),
    changedTo: text('changed_to'),
    /** The origin of the website it concerns. */
    site: text('site'),
    /** The network it came from: never the whole address. */
    network: cidr('network'),
  },
  (table) => [
    check('audit_log_action', sql`action in (${oneOf(AUDIT_ACTIONS)})`),
    check('audit_log_actor_role', sql`actor_role in (${oneOf(AUDIT_ROLES)})`),
    check('audit_log_actor', sql`(actor_role = 'system') = (actor_id is null)`),
    // Names and numbers: nothing that somebody said would fit.
    check('audit_log_actor_name', sql`length(actor_name) <= 80`),
    check('audit_log_agent_name', sql`length(agent_name) <= 80`),
    check(
      'audit_log_change',
      sql`(action in ('renamed', 'role_changed', 'capacity_changed', 'claimed')) = (changed_from is not null)
        and (changed_from is null) = (changed_to is null) and length(changed_from) <= 80 and length(changed_to) <= 80`,
    ),
    check(
      'audit_log_site',
      sql`(action in ('site_added', 'site_removed')) = (site is not null) and length(site) <= 255`,
    ),
    check('audit_log_network', sql`masklen(network) = case family(network) when 4 then 24 else 48 end`),
    index('audit_log_newest').on(table.at.desc().nullsFirst(), table.id.desc().nullsFirst()),
    index('audit_log_actor_newest').on(table.actorId, table.at.desc().nullsFirst()),
    index('audit_log_agent_newest').on(table.agentId, table.at.desc().nullsFirst()),
    index('audit_log_conversation').on(table.conversationId, table.at.desc().nullsFirst()),
    index('audit_log_action_newest').on(table.action, table.at.desc().nullsFirst()),
    pgPolicy('admins_read_audit', { for: 'select', to: authenticatedRole, using: isAdmin }),
  ],
);
