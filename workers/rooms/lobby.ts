import { DurableObject } from 'cloudflare:workers';
import type { AuditActor } from '../../app/protocol/audit.ts';
import { CLOSE } from '../../app/protocol/codes.ts';
import type { LobbyFrame } from '../../app/protocol/frames.ts';
import type { ConversationSummary } from '../../app/protocol/model.ts';
import { PING, PONG } from '../../app/protocol/version.ts';
import type { Person } from '../auth/person.ts';
import { settingsOf } from '../env.ts';
import { errorName, log } from '../log.ts';
import { roomOf } from '../objects.ts';
import { acceptedSocket, refusedSocket } from '../socket-response.ts';
import type { AgentRecord } from '../store/agents.ts';
import { Allowances } from './allowances.ts';
import { actorOf, SYSTEM_ACTOR } from './audit-trail.ts';
import { LobbyStorage } from './lobby-storage.ts';
import { QueueState } from './queue-state.ts';
import type { RoomResult } from './room-changes.ts';
import { Sockets } from './sockets.ts';
import { type Revocation, TeamKeeper } from './team-keeper.ts';
import { readUpgrade } from './upgrade-header.ts';

/** An agent who reloads the page is not gone. */
const OFFLINE_GRACE_MS = 8_000;
const RELOAD_RETRY_MS = 5_000;
/** What rooms say within this is stored with one commit, which every room of the process waits for. */
const STORE_WINDOW_MS = 250;
const RELOAD_PAGE = 200;

export type AssignResult = RoomResult | { ok: false; code: 'at_capacity' };

/** Who gets a conversation, and how. */
export type Assignment =
  | { mode: 'accept' | 'take_over'; agent: Person; from?: string | null }
  | { mode: 'transfer'; by: Person; toAgentId: string; from?: string | null };

/**
 * One a site: the live queue for every agent's dashboard, who is online, and who has room for another chat. The
 * rooms own the conversations; this mirrors what they say.
 */
export class Lobby extends DurableObject<Env> {
  readonly #storage: LobbyStorage;
  readonly #sockets: Sockets<LobbyFrame>;
  readonly #queue: QueueState;
  readonly #team: TeamKeeper;
  readonly #allowances: Allowances;
  #loading: Promise<void> | null = null;
  /** Conversations whose newest word is not stored yet … */
  readonly #unstored = new Set<string>();
  /** … and when it is; set whenever there are any. */
  #storing: Promise<void> | null = null;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#storage = new LobbyStorage(ctx.storage);
    this.#sockets = new Sockets(ctx);
    this.#queue = new QueueState(this.#storage.conversations());
    this.#team = new TeamKeeper({
      env,
      storage: this.#storage,
      sockets: this.#sockets,
      queue: this.#queue,
      waitUntil: (work) => ctx.waitUntil(work),
      apply: (summary) => this.#apply(summary),
      forget: (conversationId) => this.forget(conversationId),
    });
    this.#allowances = new Allowances(settingsOf(env).limits);
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(PING, PONG));
    // A restart drops every socket without a word.
    if (this.#storage.online.size > 0) this.#storage.alarms.ensure('presence', Date.now() + OFFLINE_GRACE_MS);
  }

  // ── Agents' sockets ────────────────────────────────────────────────────────────────────────────

  override async fetch(request: Request): Promise<Response> {
    const { person, ticket, expiresAt, issuedAt } = readUpgrade(request);
    await this.#load();
    // Deactivated between the Worker's look and this one.
    if (!(await this.#team.welcomes(person.id))) return refusedSocket(CLOSE.forbidden, 'no longer an agent');
    if (issuedAt <= this.#storage.voidedUntil(person.id)) return refusedSocket(CLOSE.signedOut, 'signed out');
    this.#sockets.makeRoom(person.id, settingsOf(this.env).limits.socketsPerPerson);
    const { response, socket } = acceptedSocket();
    const session = { person, ticket, expiresAt, greeted: false };
    this.#sockets.accept(socket, session);
    this.#team.syncPresence('arrival');
    // The queue comes first; from here on, in the same synchronous block, everything that changes it.
    this.#sockets.update(socket, { ...session, greeted: true });
    this.#sockets.send(socket, {
      t: 'queue',
      conversations: this.#queue.conversations,
      agents: this.#team.agents(),
    });
    this.#team.watch();
    return response;
  }

  /** Agents only listen here; what they do goes over HTTP, where it gets an answer. */
  override async webSocketMessage(socket: WebSocket): Promise<void> {
    if (socket.readyState !== WebSocket.OPEN) return;
    const session = this.#sockets.session(socket);
    if (!session || this.#allowances.frame(session.person.id) > 0) {
      socket.close(CLOSE.tooFast, 'too many frames');
      return;
    }
    this.#sockets.send(socket, { t: 'error', code: 'invalid', message: 'The lobby takes no frames.' });
  }

  override async webSocketClose(socket: WebSocket, code: number): Promise<void> {
    this.#sockets.left();
    this.#storage.alarms.ensure('presence', Date.now() + OFFLINE_GRACE_MS);
    socket.close(code === 1005 || code === 1006 ? 1000 : code);
  }

  override async webSocketError(): Promise<void> {
    this.#sockets.left();
    this.#storage.alarms.ensure('presence', Date.now() + OFFLINE_GRACE_MS);
  }

  // ── Rooms ──────────────────────────────────────────────────────────────────────────────────────

  /** A room says how it stands. The desks see it at once; the room is answered when it is stored. */
  async update(summary: ConversationSummary): Promise<void> {
    this.#apply(summary);
    if (this.#unstored.has(summary.id)) await this.#storing;
  }

  /** A conversation was deleted. */
  async forget(conversationId: string): Promise<void> {
    this.#storage.setBehind(conversationId, null);
    this.#unstored.delete(conversationId);
    this.#storage.remove(conversationId);
    if (this.#queue.forget(conversationId)) this.#sockets.broadcast({ t: 'removed', id: conversationId });
  }

  /** A room is behind since then (milliseconds since the epoch), or, with null, has caught up. */
  async reportBehind(conversationId: string, since: number | null): Promise<void> {
    this.#storage.setBehind(conversationId, since);
  }

  /**
   * An agent has opened a socket in a room.
   *
   * @param issuedAt when what they came in with was issued, milliseconds since the epoch
   */
  async entered(agentId: string, conversationId: string, issuedAt: number): Promise<void> {
    return this.#team.entered(agentId, conversationId, issuedAt);
  }

  // ── The Worker ─────────────────────────────────────────────────────────────────────────────────

  /** Keeps the origins that may carry the widget, for a Worker that starts while Postgres is away. */
  async keepWidgetOrigins(origins: string[]): Promise<void> {
    this.#storage.widgetOrigins = origins;
  }

  /** The origins that were kept last; null where none ever were. */
  async keptWidgetOrigins(): Promise<string[] | null> {
    return this.#storage.widgetOrigins;
  }

  /** Rooms that Postgres lacks something of, and how long the longest has been waiting, in seconds. */
  async behind(): Promise<{ rooms: number; oldestSeconds: number }> {
    const { rooms, since } = this.#storage.behind();
    return {
      rooms,
      oldestSeconds: since === null ? 0 : Math.max(0, Math.round((Date.now() - since) / 1000)),
    };
  }

  /** The rooms that have been behind the longest, at most `limit`. */
  async longestBehind(limit: number): Promise<string[]> {
    return this.#storage.longestBehind(limit);
  }

  /**
   * Gives a conversation to an agent: keeps a place, lets the room decide, and takes what it says. Two agents who
   * accept at once both ask the same room; one of them is told who was faster.
   */
  async assign(conversationId: string, assignment: Assignment): Promise<AssignResult> {
    await this.#load();
    const agent = await this.#assignee(assignment);
    if (!agent) return { ok: false, code: 'not_found' };
    if (!this.#queue.reserve(conversationId, agent.id, agent.maxChats))
      return { ok: false, code: 'at_capacity' };
    try {
      // Deactivated between the Worker's look and this one.
      if (!(await this.#team.mayHave(agent.id))) return { ok: false, code: 'forbidden' };
      // A copy: a call's own result, handed on, would keep the lobby awake until its caller lets go of it.
      const result = { ...(await this.#ask(conversationId, assignment, agent)) };
      if (result.ok) this.#apply(result.summary);
      this.#store();
      // Deactivated while the room decided: what it has now would be with nobody.
      if (result.ok && !(await this.#team.mayHave(agent.id))) {
        await this.#team.giveBack(conversationId, agent.id, SYSTEM_ACTOR);
        return { ok: false, code: 'forbidden' };
      }
      return result;
    } catch (error) {
      log({ event: 'lobby_call_failed', method: assignment.mode, name: errorName(error) });
      return { ok: false, code: 'unavailable' };
    } finally {
      this.#queue.release(conversationId, agent.id);
    }
  }

  /**
   * Ends an agent's access everywhere, within seconds: their sockets here and in every room, and their tickets.
   *
   * @param code 4401 when they signed out, 4403 when they are no longer an agent
   */
  async revokeAgent(agentId: string, code: Revocation): Promise<void> {
    return this.#team.revoke(agentId, code);
  }

  /**
   * The team has changed in Postgres: what an agent may do from now on, and who is no agent any more. Those lose
   * their sockets, their tickets and their conversations, which wait again.
   *
   * @param left who has left the team, so that they are out even if Postgres can't be read right now
   */
  async teamChanged(by: AuditActor, left: string | null = null): Promise<void> {
    return this.#team.changed(by, left);
  }

  override async alarm(): Promise<void> {
    for (const name of this.#storage.alarms.takeDue()) {
      try {
        await this.#runAlarm(name);
      } catch (error) {
        log({ event: 'alarm_failed', object: 'lobby', alarm: name, name: errorName(error) });
        this.#storage.alarms.ensure(name, Date.now() + RELOAD_RETRY_MS);
      }
    }
    this.#storage.alarms.ran();
  }

  // ── Inside ─────────────────────────────────────────────────────────────────────────────────────

  async #runAlarm(name: 'presence' | 'roster' | 'reload'): Promise<void> {
    switch (name) {
      case 'presence':
        return this.#team.syncPresence('departure');
      case 'reload':
        return this.#load();
      case 'roster':
        return this.#team.look();
      default:
        throw new Error(`unknown alarm ${name satisfies never}`);
    }
  }

  async #assignee(assignment: Assignment): Promise<AgentRecord | null> {
    if (assignment.mode !== 'transfer') {
      const { id, name, avatarUrl, isAdmin, maxChats } = assignment.agent;
      return { id, name: name ?? '', avatarUrl, role: isAdmin ? 'admin' : 'agent', maxChats };
    }
    return this.#team.find(assignment.toAgentId);
  }

  #ask(conversationId: string, assignment: Assignment, agent: AgentRecord): Promise<RoomResult> {
    const room = roomOf(this.env, conversationId);
    const assigned = { id: agent.id, name: agent.name, avatarUrl: agent.avatarUrl };
    const from = assignment.from ?? null;
    switch (assignment.mode) {
      case 'accept':
        return room.accept(conversationId, assigned, actorOf(assignment.agent, from));
      case 'take_over':
        return room.takeOver(conversationId, assigned, actorOf(assignment.agent, from));
      case 'transfer': {
        const isOnline = this.#storage.online.has(agent.id);
        return room.transfer(conversationId, assignment.by, assigned, isOnline, from);
      }
      default:
        throw new Error(`unknown assignment ${assignment satisfies never}`);
    }
  }

  #apply(summary: ConversationSummary): void {
    const before = this.#queue.get(summary.id);
    const change = this.#queue.apply(summary);
    if (change === 'stale') return;
    this.#unstored.add(summary.id);
    this.#storing ??= new Promise((resolve) => setTimeout(resolve, STORE_WINDOW_MS)).then(() =>
      this.#store(),
    );
    if (change === 'changed') this.#sockets.broadcast({ t: 'conversation', conversation: summary });
    else this.#sockets.broadcast({ t: 'removed', id: summary.id });
    const reassigned = before?.agent?.id !== summary.agent?.id || before?.status !== summary.status;
    if (reassigned) this.#sockets.broadcast({ t: 'agents', agents: this.#team.agents() });
  }

  /** Stores what has changed: one commit for however many rooms have said something. */
  #store(): void {
    this.#storing = null;
    for (const id of this.#unstored) {
      const summary = this.#queue.get(id);
      if (summary) this.#storage.put(summary);
      else this.#storage.remove(id);
    }
    this.#unstored.clear();
  }

  /** Reads the queue from Postgres once in the life of this object's storage; later the rooms keep it current. */
  async #load(): Promise<void> {
    if (this.#storage.loaded) return;
    this.#loading ??= this.#readQueue().finally(() => {
      this.#loading = null;
    });
    return this.#loading;
  }

  async #readQueue(): Promise<void> {
    let before: string | undefined;
    do {
      const page = await this.env.STORE.openConversations(before, RELOAD_PAGE);
      if (!page.ok) {
        log({ event: 'lobby_load_failed', code: page.code });
        return this.#storage.alarms.ensure('reload', Date.now() + RELOAD_RETRY_MS);
      }
      for (const conversation of page.conversations)
        if (!this.#queue.get(conversation.id)) this.#apply(conversation);
      before = page.next;
    } while (before !== undefined);
    this.#store();
    this.#storage.loaded = true;
  }
}
