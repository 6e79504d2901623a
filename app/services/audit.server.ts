import { z } from 'zod';
import type { AuditQuery } from '../../workers/store/audit.ts';
import type { Member } from '../../workers/store/team.ts';
import { AUDIT_ACTIONS, type AuditEntry } from '../protocol/audit.ts';
import { type AgentSession, awayResponse } from './agent-session.server.ts';
import { teamOf } from './team.server.ts';

const PAGE = 50;

/** Postgres keeps no year 0, and nobody asks for one after 9999. */
const day = z.iso.date().refine((text) => !text.startsWith('0000'));
const cursor = z
  .string()
  .transform((text) => text.split('~'))
  .pipe(z.tuple([z.iso.datetime({ precision: 6 }).refine((text) => !text.startsWith('0000')), z.uuid()]))
  .transform(([at, id]) => ({ at, id }));

const querySchema = z.object({
  person: z.uuid().optional(),
  action: z.enum(AUDIT_ACTIONS).optional(),
  conversation: z.uuid().toLowerCase().optional(),
  from: day.optional(),
  to: day.optional(),
  before: cursor.optional(),
});

export const AUDIT_FILTERS = ['person', 'action', 'conversation', 'from', 'to'] as const;
export type AuditFilter = (typeof AUDIT_FILTERS)[number];

export interface AuditPage {
  entries: AuditEntry[];
  /** Where older ones are, as a query; null on the last page. */
  older: string | null;
  /** Where the newest are with the same filter; null on the first page. */
  newest: string | null;
  /** What was asked for, as it was typed. */
  filter: Partial<Record<AuditFilter, string>>;
  /** What of it makes no sense; nothing is shown then. */
  wrong: AuditFilter[];
  people: Pick<Member, 'id' | 'name' | 'state'>[];
}

/**
 * A page of the audit log.
 *
 * @throws Response 403 for somebody who is no admin, 503 while Postgres is away
 */
export async function auditPage(request: Request, env: Env, session: AgentSession): Promise<AuditPage> {
  const people = await teamOf(request, env, session);
  const asked = new URL(request.url).searchParams;
  const filter: Partial<Record<AuditFilter, string>> = {};
  for (const name of AUDIT_FILTERS) {
    const value = asked.get(name)?.trim().slice(0, 100);
    if (value) filter[name] = value;
  }
  const before = asked.get('before') ?? undefined;
  const page = { filter, people: people.map(({ id, name, state }) => ({ id, name, state })) };
  const read = querySchema.safeParse({ ...filter, ...(before === undefined ? {} : { before }) });
  if (!read.success) {
    const wrong = AUDIT_FILTERS.filter((name) => read.error.issues.some(({ path }) => path[0] === name));
    return { ...page, entries: [], older: null, newest: wrong.length > 0 ? null : addressOf(filter), wrong };
  }
  const query: AuditQuery = { ...read.data, limit: PAGE };
  const listed = await env.STORE.listAudit(session.claims, query);
  if (!listed.ok) throw awayResponse();
  const last = listed.entries.at(-1);
  return {
    ...page,
    wrong: [],
    entries: listed.entries,
    older: listed.more && last ? addressOf({ ...filter, before: `${last.at}~${last.id}` }) : null,
    newest: before === undefined ? null : addressOf(filter),
  };
}

const addressOf = (query: Record<string, string>) => `/agent/audit?${new URLSearchParams(query)}`;
