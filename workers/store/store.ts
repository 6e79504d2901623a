import { WorkerEntrypoint } from 'cloudflare:workers';
import { sql } from 'drizzle-orm';
import type { AuditEntry } from '../../app/protocol/audit.ts';
import type { ConversationSummary } from '../../app/protocol/model.ts';
import type { Claims } from '../auth/person.ts';
import type { Result } from '../result.ts';
import type { LogRow } from '../rooms/records.ts';
import { type AgentRecord, activeAgents, currentAgent, writeAgentsOnline } from './agents.ts';
import type { Asker } from './asker.ts';
import { attempt, type StoreCode } from './attempt.ts';
import { type AuditQuery, listAudit, recordAudit } from './audit.ts';
import { canSee, type ListQuery, listConversations, logRowOf } from './conversations.ts';
import { Connection, type Role, sqlstateOf, type Transaction } from './database.ts';
import { IngestLine } from './ingest-line.ts';
import { conversationOwner, moveConversations, type OwnerRow, toldMove, untoldMoves } from './ownership.ts';
import { ownProfile, type Profile, rememberPerson, saveProfile } from './profiles.ts';
import {
  claimRoom,
  createConversation,
  type NewConversation,
  reopenConversation,
  roomMessages,
} from './rooms.ts';
import type { ClaimedRow, ConversationRow } from './rows.ts';
import {
  acceptInvitation,
  changeMember,
  type Invitee,
  invite,
  invitee,
  type Member,
  type MemberChange,
  noteSignIn,
  openInvitation,
  setActive,
  type TeamCode,
  team,
  withdrawInvitation,
} from './team.ts';
import {
  addWidgetSite,
  listWidgetSites,
  removeWidgetSite,
  type WidgetSite,
  widgetOrigins,
} from './widget-sites.ts';

type PersonClaims = Pick<Claims, 'sub' | 'isAnonymous'>;

/**
 * The only code that opens Postgres. Called by RPC, so that whoever calls it (a room, a lane, the lobby) holds no
 * connection and may hibernate. Every method names the role it runs as.
 */
export class Store extends WorkerEntrypoint<Env> {
  /** As the service role: nothing but whether Postgres answers. */
  async ping(): Promise<Result<object, StoreCode>> {
    return this.#run('ping', { as: 'service_role' }, async (tx) => {
      await tx.execute(sql`select 1`);
      return {};
    });
  }

  /** As the person: their agent's row, or null when they are no active agent. */
  async currentAgent(claims: PersonClaims): Promise<Result<{ agent: AgentRecord | null }, StoreCode>> {
    return this.#run('currentAgent', { as: 'authenticated', claims }, async (tx) => ({
      agent: await currentAgent(tx),
    }));
  }

  /** As the person: whether the policies let them see this conversation. */
  async canSee(
    claims: PersonClaims,
    conversationId: string,
  ): Promise<Result<{ visible: boolean }, StoreCode>> {
    return this.#run('canSee', { as: 'authenticated', claims }, async (tx) => ({
      visible: await canSee(tx, conversationId),
    }));
  }

  /** As the person: a page of the conversations they may see, newest first. */
  async listConversations(
    claims: PersonClaims,
    query: ListQuery,
  ): Promise<Result<{ conversations: ConversationSummary[]; next?: string }, StoreCode>> {
    return this.#run('listConversations', { as: 'authenticated', claims }, (tx) =>
      listConversations(tx, query),
    );
  }

  /** As a room: makes a conversation, or finds the one this is a retry of, or the one already open. */
  async createConversation(
    input: NewConversation,
  ): Promise<Result<{ created: boolean; conversation: ConversationRow }, StoreCode>> {
    return this.#run('createConversation', { as: 'chat_room' }, (tx) => createConversation(tx, input));
  }

  /** As a room: takes the conversation over for a room that has no log. */
  async claimRoom(conversationId: string): Promise<Result<{ conversation: ClaimedRow }, StoreCode>> {
    return this.#run('claimRoom', { as: 'chat_room' }, async (tx) => {
      const conversation = await claimRoom(tx, conversationId);
      return conversation ? { conversation } : 'gone';
    });
  }

  /** As a room: its messages after `after`, oldest first. */
  async roomMessages(
    conversationId: string,
    after: number,
    limit: number,
  ): Promise<Result<{ rows: LogRow[] }, StoreCode>> {
    return this.#run('roomMessages', { as: 'chat_room' }, async (tx) => ({
      rows: (await roomMessages(tx, conversationId, after, limit)).map(logRowOf),
    }));
  }

  /** For a lane: a line to Postgres of its own, for as long as it holds on to it. */
  async ingestLine(): Promise<IngestLine> {
    return new IngestLine(this.env.HYPERDRIVE.connectionString);
  }

  /** As a room: whether the conversation may be open again; `open` names the one that is in the way. */
  async reopenConversation(
    conversationId: string,
    epoch: number,
  ): Promise<Result<{ reopened: boolean; open: string | null }, StoreCode>> {
    return this.#run('reopenConversation', { as: 'chat_room' }, async (tx) => {
      const answer = await reopenConversation(tx, conversationId, epoch);
      if (!answer) return 'gone';
      return answer.ok ? { reopened: true, open: null } : { reopened: false, open: answer.open };
    });
  }

  /** As a room: whose the conversation is now. */
  async conversationOwner(conversationId: string): Promise<Result<{ owner: OwnerRow }, StoreCode>> {
    return this.#run('conversationOwner', { as: 'chat_room' }, async (tx) => {
      const owner = await conversationOwner(tx, conversationId);
      return owner ? { owner } : 'gone';
    });
  }

  /**
   * As the service role: everything of a guest's becomes the account's. `brought` counts what has moved in all;
   * `rooms` have not heard of it. The caller has made sure that both sessions are live and the same person's.
   */
  async moveConversations(
    guestId: string,
    accountId: string,
  ): Promise<Result<{ brought: number; rooms: string[] }, StoreCode>> {
    return this.#run('moveConversations', { as: 'service_role' }, async (tx) => {
      return (await moveConversations(tx, guestId, accountId)) ?? 'gone';
    });
  }

  /** As the service role: conversations that have moved without their rooms knowing, oldest first. */
  async untoldMoves(limit: number): Promise<Result<{ rooms: string[] }, StoreCode>> {
    return this.#run('untoldMoves', { as: 'service_role' }, async (tx) => ({
      rooms: await untoldMoves(tx, limit),
    }));
  }

  /** As the service role: this conversation's room has heard of its move. */
  async toldMove(conversationId: string): Promise<Result<object, StoreCode>> {
    return this.#run('toldMove', { as: 'service_role' }, async (tx) => {
      await toldMove(tx, conversationId);
      return {};
    });
  }

  /** As the person: their own profile, null while they have none. */
  async ownProfile(claims: PersonClaims): Promise<Result<{ profile: Profile | null }, StoreCode>> {
    return this.#run('ownProfile', { as: 'authenticated', claims }, async (tx) => ({
      profile: await ownProfile(tx, claims.sub),
    }));
  }

  /** As the service role: what a registered person has told of themselves; other fields stay. */
  async saveProfile(id: string, change: Partial<Profile>): Promise<Result<object, StoreCode>> {
    return this.#run('saveProfile', { as: 'service_role' }, async (tx) => {
      await saveProfile(tx, id, change);
      return {};
    });
  }

  /** As the service role: who a registered person is, as Auth knows them. */
  async rememberPerson(
    id: string,
    person: Pick<Profile, 'email' | 'fullName'>,
  ): Promise<Result<object, StoreCode>> {
    return this.#run('rememberPerson', { as: 'service_role' }, async (tx) => {
      await rememberPerson(tx, id, person);
      return {};
    });
  }

  /** As the service role: every active agent. */
  async activeAgents(): Promise<Result<{ agents: AgentRecord[] }, StoreCode>> {
    return this.#run('activeAgents', { as: 'service_role' }, async (tx) => ({
      agents: await activeAgents(tx),
    }));
  }

  /** As the service role: everything that is waiting or active, for a lobby that has forgotten it. */
  async openConversations(
    before: string | undefined,
    limit: number,
  ): Promise<Result<{ conversations: ConversationSummary[]; next?: string }, StoreCode>> {
    return this.#run('openConversations', { as: 'service_role' }, (tx) =>
      listConversations(tx, {
        scope: 'open',
        limit,
        reader: 'agent',
        ...(before === undefined ? {} : { before }),
      }),
    );
  }

  /** As the service role: which agents are connected now. */
  async writeAgentsOnline(ids: string[]): Promise<Result<object, StoreCode>> {
    return this.#run('writeAgentsOnline', { as: 'service_role' }, async (tx) => {
      await writeAgentsOnline(tx, ids);
      return {};
    });
  }

  /** As the service role: the origins that may carry the widget. */
  async widgetOrigins(): Promise<Result<{ origins: string[] }, StoreCode>> {
    return this.#run('widgetOrigins', { as: 'service_role' }, async (tx) => ({
      origins: await widgetOrigins(tx),
    }));
  }

  /** As the person: the sites that may carry the widget; an admin sees them, nobody else. */
  async widgetSites(claims: PersonClaims): Promise<Result<{ sites: WidgetSite[] }, StoreCode>> {
    return this.#run('widgetSites', { as: 'authenticated', claims }, async (tx) => ({
      sites: await listWidgetSites(tx),
    }));
  }

  /** As the service role, for an admin: lists a site. */
  async addWidgetSite(
    asker: Asker,
    site: { origin: string; label: string },
  ): Promise<Result<{ outcome: 'added' | 'known' | 'full' | 'forbidden' }, StoreCode>> {
    return this.#run('addWidgetSite', { as: 'service_role' }, async (tx) => ({
      outcome: await addWidgetSite(tx, asker, site),
    }));
  }

  /** As the service role, for an admin: takes a site off the list. */
  async removeWidgetSite(
    asker: Asker,
    id: string,
  ): Promise<Result<{ outcome: 'removed' | 'forbidden' }, StoreCode>> {
    return this.#run('removeWidgetSite', { as: 'service_role' }, async (tx) => ({
      outcome: await removeWidgetSite(tx, asker, id),
    }));
  }

  /**
   * As a room: writes down what rooms noted. An entry that Postgres will never take fails the whole statement, so then
   * each is written alone; `refused` names those.
   */
  async recordAudit(entries: AuditEntry[]): Promise<Result<{ refused: string[] }, StoreCode>> {
    let unacceptable = false;
    const recorded = await this.#run('recordAudit', { as: 'chat_room' }, async (tx) => {
      await recordAudit(tx, entries).catch((error: unknown) => {
        unacceptable = /^2[23]/u.test(sqlstateOf(error) ?? '');
        throw error;
      });
      return { refused: [] };
    });
    if (recorded.ok || !unacceptable) return recorded;
    if (entries.length === 1) return { ok: true, refused: entries.map(({ id }) => id) };
    const refused: string[] = [];
    for (const entry of entries) {
      const alone = await this.recordAudit([entry]);
      if (!alone.ok) return alone;
      refused.push(...alone.refused);
    }
    return { ok: true, refused };
  }

  /** As the person: a page of the audit log; there is one for admins alone. */
  async listAudit(
    claims: PersonClaims,
    query: AuditQuery,
  ): Promise<Result<{ entries: AuditEntry[]; more: boolean }, StoreCode>> {
    return this.#run('listAudit', { as: 'authenticated', claims }, (tx) => listAudit(tx, query));
  }

  // The team. As the service role, which alone may; each looks in its own transaction whether an active admin asks.

  async team(asker: Asker): Promise<Result<{ members: Member[] }, StoreCode | TeamCode>> {
    return this.#decide<{ members: Member[] }, TeamCode>('team', { as: 'service_role' }, (tx) =>
      team(tx, asker),
    );
  }

  async invitee(asker: Asker, email: string): Promise<Result<Invitee, StoreCode | TeamCode>> {
    return this.#decide<Invitee, TeamCode>('invitee', { as: 'service_role' }, (tx) =>
      invitee(tx, asker, email),
    );
  }

  async invite(
    asker: Asker,
    member: Pick<Member, 'id' | 'name' | 'role'>,
  ): Promise<Result<object, StoreCode | TeamCode>> {
    return this.#decide<object, TeamCode>('invite', { as: 'service_role' }, (tx) =>
      invite(tx, asker, member),
    );
  }

  async withdrawInvitation(asker: Asker, id: string): Promise<Result<object, StoreCode | TeamCode>> {
    return this.#decide<object, TeamCode>('withdrawInvitation', { as: 'service_role' }, (tx) =>
      withdrawInvitation(tx, asker, id),
    );
  }

  async changeMember(
    asker: Asker,
    id: string,
    change: MemberChange,
  ): Promise<Result<object, StoreCode | TeamCode>> {
    return this.#decide<object, TeamCode>('changeMember', { as: 'service_role' }, (tx) =>
      changeMember(tx, asker, id, change),
    );
  }

  async setActive(asker: Asker, id: string, active: boolean): Promise<Result<object, StoreCode | TeamCode>> {
    return this.#decide<object, TeamCode>('setActive', { as: 'service_role' }, (tx) =>
      setActive(tx, asker, id, active),
    );
  }

  /** As the service role, for a person whom Auth has just vouched for: whether they are invited to the team. */
  async openInvitation(
    id: string,
  ): Promise<Result<{ invitation: Pick<Member, 'role'> | null }, StoreCode | TeamCode>> {
    return this.#decide<{ invitation: Pick<Member, 'role'> | null }, TeamCode>(
      'openInvitation',
      { as: 'service_role' },
      (tx) => openInvitation(tx, id),
    );
  }

  /** As the service role, for a person whom Auth has just vouched for. */
  async acceptInvitation(person: Asker, name: string): Promise<Result<object, StoreCode | TeamCode>> {
    return this.#decide<object, TeamCode>('acceptInvitation', { as: 'service_role' }, (tx) =>
      acceptInvitation(tx, person, name),
    );
  }

  /** As the service role: notes that an agent signed in, or that somebody failed to with an agent's address. */
  async noteSignIn(
    by: { id: string } | { email: string },
    from: string | null,
  ): Promise<Result<object, StoreCode>> {
    return this.#run('noteSignIn', { as: 'service_role' }, async (tx) => {
      await noteSignIn(tx, by, from);
      return {};
    });
  }

  /** One transaction as `role`; whatever goes wrong becomes a code, and the log learns no more than the SQLSTATE. */
  async #run<Value extends object>(
    method: string,
    role: Role,
    work: (tx: Transaction) => Promise<Value | StoreCode>,
  ): Promise<Result<Value, StoreCode>> {
    return this.#decide<Value, never>(method, role, work);
  }

  /** The same, for work that may come to a no of its own. */
  async #decide<Value extends object, Code extends string>(
    method: string,
    role: Role,
    work: (tx: Transaction) => Promise<Value | Code | StoreCode>,
  ): Promise<Result<Value, Code | StoreCode>> {
    return attempt<Value, Code>(method, new Connection(this.env.HYPERDRIVE.connectionString), role, work);
  }
}
