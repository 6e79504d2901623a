import { and, eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { AuditActor } from '../../app/protocol/audit.ts';
import { chatAgents } from '../../drizzle/schema/index.ts';
import { type Asker, adminActor, memberOf } from './asker.ts';
import { noteAct } from './audit.ts';
import { sqlstateOf, type Transaction } from './database.ts';

/** Somebody on the team as admins see them. */
export interface Member {
  id: string;
  name: string;
  avatarUrl: string | null;
  email: string | null;
  role: 'agent' | 'admin';
  /** `invited`: they have not chosen a name and a password yet. */
  state: 'active' | 'invited' | 'deactivated';
  online: boolean;
  maxChats: number;
  openChats: number;
}

/**
 * `forbidden`: whoever asks is no active admin (any more). `missing`: there is nobody like that on the team, or not
 * in a state for this. `last_admin`: nobody would be left who can manage the team.
 */
export type TeamCode = 'forbidden' | 'missing' | 'last_admin';

/** As the trigger that keeps an admin raises it. */
const LAST_ADMIN = 'WC001';

const isInvited = sql`not ${chatAgents.active} and ${chatAgents.invitedAt} is not null`;

const rowSchema = z.object({
  id: z.string(),
  name: z.string(),
  avatar_url: z.string().nullable(),
  role: z.enum(['agent', 'admin']),
  active: z.boolean(),
  is_online: z.boolean(),
  max_chats: z.number(),
  invited_at: z.string().nullable(),
  email: z.string().nullable(),
  open_chats: z.number(),
});

/** Everybody on the team: the active first, then the invited, then the deactivated; by name. */
export async function team(tx: Transaction, asker: Asker): Promise<{ members: Member[] } | TeamCode> {
  if (!(await adminActor(tx, asker))) return 'forbidden';
  const rows = await tx.execute(sql`select to_jsonb(m) as row from private.team() m`);
  return { members: rows.map(({ row }) => toMember(rowSchema.parse(row))) };
}

function toMember(row: z.infer<typeof rowSchema>): Member {
  return {
    id: row.id,
    name: row.name,
    avatarUrl: row.avatar_url,
    email: row.email,
    role: row.role,
    state: row.active ? 'active' : row.invited_at === null ? 'deactivated' : 'invited',
    online: row.active && row.is_online,
    maxChats: row.max_chats,
    openChats: row.open_chats,
  };
}

/** What an invitation to an address would meet: an account of Auth's, and perhaps somebody on the team. */
export interface Invitee {
  /** null: nobody has this address. */
  accountId: string | null;
  /** The account is somebody's already; Auth sends no invitation to it. */
  confirmed: boolean;
  member: Member['state'] | null;
}

const accountSchema = z.object({ id: z.string(), confirmed: z.boolean() }).optional();

export async function invitee(tx: Transaction, asker: Asker, email: string): Promise<Invitee | TeamCode> {
  if (!(await adminActor(tx, asker))) return 'forbidden';
  const account = await accountOf(tx, email);
  const [row] = account
    ? await tx
        .select({ active: chatAgents.active, invitedAt: chatAgents.invitedAt })
        .from(chatAgents)
        .where(eq(chatAgents.id, account.id))
    : [];
  return {
    accountId: account?.id ?? null,
    confirmed: account?.confirmed ?? false,
    member: row ? (row.active ? 'active' : row.invitedAt ? 'invited' : 'deactivated') : null,
  };
}

async function accountOf(tx: Transaction, email: string) {
  const [row] = await tx.execute(sql`select id, confirmed from private.account_of(${email})`);
  return accountSchema.parse(row);
}

/** Puts somebody who got an invitation on the team, or renews one that is open. */
export async function invite(
  tx: Transaction,
  asker: Asker,
  { id, name, role }: Pick<Member, 'id' | 'name' | 'role'>,
): Promise<object | TeamCode> {
  const actor = await lockTeam(tx, asker);
  if (!actor) return 'forbidden';
  const now = new Date();
  const [row] = await tx
    .insert(chatAgents)
    .values({ id, name, role, active: false, invitedAt: now })
    .onConflictDoUpdate({
      target: chatAgents.id,
      set: { role, invitedAt: now },
      setWhere: isInvited,
    })
    .returning({ name: chatAgents.name });
  if (!row) return 'missing';
  await noteAct(tx, { action: 'invited', actor, agent: { id, name: row.name } });
  return {};
}

/** Takes an open invitation back; its link then leads nowhere. */
export async function withdrawInvitation(
  tx: Transaction,
  asker: Asker,
  id: string,
): Promise<object | TeamCode> {
  const actor = await lockTeam(tx, asker);
  if (!actor) return 'forbidden';
  const [row] = await tx
    .delete(chatAgents)
    .where(and(eq(chatAgents.id, id), isInvited))
    .returning({ name: chatAgents.name });
  if (!row) return 'missing';
  await noteAct(tx, { action: 'invitation_withdrawn', actor, agent: { id, name: row.name } });
  return {};
}

/** Whether this person has an invitation that is open: what they are to be. */
export async function openInvitation(
  tx: Transaction,
  id: string,
): Promise<{ invitation: Pick<Member, 'role'> | null }> {
  const [row] = await tx
    .select({ role: chatAgents.role })
    .from(chatAgents)
    .where(and(eq(chatAgents.id, id), isInvited));
  return { invitation: row ?? null };
}

/** The invited person comes in, under the name they chose. */
export async function acceptInvitation(
  tx: Transaction,
  { id, from }: Asker,
  name: string,
): Promise<object | TeamCode> {
  const [row] = await tx
    .update(chatAgents)
    .set({ active: true, invitedAt: null, name })
    .where(and(eq(chatAgents.id, id), isInvited))
    .returning({ role: chatAgents.role });
  if (!row) return 'missing';
  await noteAct(tx, { action: 'joined', actor: { id, role: row.role, name, from } });
  return {};
}

export type MemberChange = Partial<Pick<Member, 'name' | 'role' | 'maxChats'>>;

/** Changes what is given, each noted by itself; what is so already changes nothing. */
export async function changeMember(
  tx: Transaction,
  asker: Asker,
  id: string,
  change: MemberChange,
): Promise<object | TeamCode> {
  const actor = await lockTeam(tx, asker);
  if (!actor) return 'forbidden';
  const before = await memberOf(tx, id);
  if (!before) return 'missing';
  const changed = await unlessLast(tx, (inner) =>
    inner
      .update(chatAgents)
      .set({
        name: change.name ?? before.name,
        role: change.role ?? before.role,
        maxChats: change.maxChats ?? before.maxChats,
      })
      .where(eq(chatAgents.id, id)),
  );
  if (changed !== 'done') return changed;
  const agent = { id, name: before.name };
  for (const [field, action] of [
    ['name', 'renamed'],
    ['role', 'role_changed'],
    ['maxChats', 'capacity_changed'],
  ] as const) {
    const [from, to] = [String(before[field]), String(change[field] ?? before[field])];
    if (from !== to) await noteAct(tx, { action, actor, agent, change: { from, to } });
  }
  return {};
}

/** Takes somebody off the team, or back onto it. Again changes nothing. */
export async function setActive(
  tx: Transaction,
  asker: Asker,
  id: string,
  active: boolean,
): Promise<object | TeamCode> {
  const actor = await lockTeam(tx, asker);
  if (!actor) return 'forbidden';
  const before = await memberOf(tx, id);
  // An invitation is accepted by the person invited, and withdrawn, never switched on.
  if (!before || before.invitedAt) return 'missing';
  if (before.active === active) return {};
  const changed = await unlessLast(tx, (inner) =>
    inner.update(chatAgents).set({ active }).where(eq(chatAgents.id, id)),
  );
  if (changed !== 'done') return changed;
  const action = active ? 'reactivated' : 'deactivated';
  await noteAct(tx, { action, actor, agent: { id, name: before.name } });
  return {};
}

/** Notes that an agent came in, or that somebody failed to come in as one. */
export async function noteSignIn(
  tx: Transaction,
  by: { id: string } | { email: string },
  from: string | null,
): Promise<void> {
  const id = 'id' in by ? by.id : (await accountOf(tx, by.email))?.id;
  const member = id === undefined ? undefined : await memberOf(tx, id);
  // Whose address was only tried is nobody's here: what people type into the field is not kept.
  if (id === undefined || !member) return;
  const actor: AuditActor = { id, role: member.role, name: member.name, from };
  if ('id' in by) return noteAct(tx, { action: 'signed_in', actor });
  // Somebody who goes on guessing is written down once a minute.
  const [recent] = await tx.execute(sql`select from public.audit_log
    where actor_id = ${id}::uuid and action = 'sign_in_failed' and at > now() - interval '1 minute'
      and network is not distinct from ${from}::cidr`);
  if (!recent) await noteAct(tx, { action: 'sign_in_failed', actor });
}

/**
 * Puts this transaction into the line that every change of the team stands in, and looks who asks: an admin who was
 * demoted a moment ago decides nothing any more.
 */
async function lockTeam(tx: Transaction, asker: Asker): Promise<AuditActor | null> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('chat_agents.team', 0))`);
  return adminActor(tx, asker);
}

/** Runs a change that the trigger may refuse, so that the transaction around it lives on. */
async function unlessLast(
  tx: Transaction,
  change: (inner: Transaction) => Promise<unknown>,
): Promise<'done' | 'last_admin'> {
  try {
    await tx.transaction(change);
    return 'done';
  } catch (error) {
    if (sqlstateOf(error) === LAST_ADMIN) return 'last_admin';
    throw error;
  }
}
