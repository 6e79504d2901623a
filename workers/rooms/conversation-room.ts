import { DurableObject } from 'cloudflare:workers';
import type { AuditActor } from '../../app/protocol/audit.ts';
import { CLOSE } from '../../app/protocol/codes.ts';
import type { RoomFrame } from '../../app/protocol/frames.ts';
import type { Ack, MessagePage } from '../../app/protocol/http.ts';
import type { Limits } from '../../app/protocol/limits.ts';
import type { Conversation } from '../../app/protocol/model.ts';
import { PING, PONG } from '../../app/protocol/version.ts';
import type { Person } from '../auth/person.ts';
import { settingsOf } from '../env.ts';
import { errorName, log } from '../log.ts';
import { laneOf, lobbyOf } from '../objects.ts';
import type { Result } from '../result.ts';
import { refusedSocket } from '../socket-response.ts';
import type { ConversationRow } from '../store/rows.ts';
import type { Refusal } from './admission.ts';
import { AuditTrail, actorOf, SYSTEM_ACTOR } from './audit-trail.ts';
import { Flusher } from './flusher.ts';
import { LobbyLink } from './lobby-link.ts';
import { isBehind, noMarks } from './outbox.ts';
import { OwnerKeeper } from './owner-keeper.ts';
import { Reception } from './reception.ts';
import type { AssignedAgent, RoomState } from './records.ts';
import { RoomChanges, type RoomCode, type RoomResult } from './room-changes.ts';
import { RoomCore } from './room-core.ts';
import { loadRoom } from './room-loader.ts';
import { freshState } from './room-state.ts';
import { type RoomAlarm, RoomStorage } from './room-storage.ts';
import { Sockets } from './sockets.ts';
import { readUpgrade } from './upgrade-header.ts';

export type OpenResult = Result<
  { conversation: Conversation; ack: Ack | null; refusal: Refusal | null },
  RoomCode
>;

interface Opening {
  row: ConversationRow;
  /** Postgres has only just made it: there is nothing to load. */
  created: boolean;
  visitor: Person;
  firstMessage: { id: string; text: string } | null;
}

const RECOVER_AFTER_MS = 1_000;
const REFUSED_AS = {
  forbidden: CLOSE.forbidden,
  not_found: CLOSE.notFound,
  unavailable: CLOSE.tryAgainLater,
} as const;

/**
 * One conversation. The shell around `RoomCore`: it lets in whom the Worker has authorised, makes sure the room
 * holds its conversation, parses frames, and answers the Worker's and the lobby's calls.
 */
export class ConversationRoom extends DurableObject<Env> {
  readonly #limits: Limits;
  protected readonly storage: RoomStorage;
  readonly #sockets: Sockets<RoomFrame>;
  readonly #core: RoomCore;
  readonly #flusher: Flusher;
  readonly #lobby: LobbyLink;
  readonly #reception: Reception;
  readonly #owner: OwnerKeeper;
  readonly #audit: AuditTrail;
  readonly #changes: RoomChanges;
  #loading: Promise<'ready' | RoomCode> | null = null;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#limits = settingsOf(env).limits;
    this.storage = new RoomStorage(ctx.storage);
    this.#sockets = new Sockets(ctx);
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(PING, PONG));
    this.#core = new RoomCore({
      storage: this.storage,
      sockets: this.#sockets,
      limits: this.#limits,
      wrote: () => {
        this.#flusher.wrote();
        this.#lobby.changed('stored');
      },
    });
    this.#flusher = new Flusher({
      storage: this.storage,
      ingest: (part) => laneOf(env, part.conversationId).ingest(part),
      reportBehind: (since) => this.#reportBehind(since),
      erase: () => this.#erase(),
      now: Date.now,
      random: Math.random,
      flushDelayMs: this.#limits.flushDelayMs,
      flushIntervalMs: this.#limits.flushIntervalMs,
      behindAfterMs: this.#limits.behindAfterMs,
      backoffMaxMs: this.#limits.backoffMaxMs,
    });
    this.#lobby = new LobbyLink({
      storage: this.storage,
      summary: () => this.#core.summary(),
      update: (summary) => lobbyOf(env).update(summary),
      now: Date.now,
    });
    this.#reception = new Reception({
      core: this.#core,
      sockets: this.#sockets,
      limits: this.#limits,
      presenceChanged: () => this.#lobby.changed('presence'),
    });
    this.#owner = new OwnerKeeper({
      core: this.#core,
      storage: this.storage,
      sockets: this.#sockets,
      flusher: this.#flusher,
      store: () => this.env.STORE,
    });
    this.#audit = new AuditTrail({
      sql: ctx.storage.sql,
      owes: this.storage.auditOwed,
      alarms: this.storage.alarms,
      record: (conversationId, entries) => laneOf(env, conversationId).record(entries),
      now: Date.now,
      random: Math.random,
      backoffMaxMs: this.#limits.backoffMaxMs,
    });
    this.#changes = new RoomChanges({
      core: this.#core,
      storage: this.storage,
      flusher: this.#flusher,
      audit: this.#audit,
      store: () => this.env.STORE,
    });
    this.#recover();
  }

  // ── Sockets ────────────────────────────────────────────────────────────────────────────────────

  /** A WebSocket that the Worker has authorised; nobody else reaches this. */
  override async fetch(request: Request): Promise<Response> {
    const { conversationId, issuedAt, from, ...session } = readUpgrade(request);
    const ready = await this.#ready(conversationId);
    if (ready !== 'ready') {
      return refusedSocket(ready === 'not_found' ? CLOSE.notFound : CLOSE.tryAgainLater, ready);
    }
    if (issuedAt <= this.storage.voidedUntil(session.person.id)) {
      return refusedSocket(CLOSE.signedOut, 'signed out');
    }
    const person = await this.#owner.admit(session.person);
    if (typeof person === 'string') return refusedSocket(REFUSED_AS[person], person);
    // Signed out while Postgres was asked.
    if (issuedAt <= this.storage.voidedUntil(person.id)) return refusedSocket(CLOSE.signedOut, 'signed out');
    if (session.person.role === 'agent') {
      // So that the lobby finds this socket when the agent signs out or is deactivated.
      this.ctx.waitUntil(this.#tellEntered(session.person.id, conversationId, issuedAt));
      this.#audit.opened(conversationId, actorOf(session.person, from));
    }
    return this.#reception.enter({ ...session, person, greeted: false });
  }

  override webSocketMessage(socket: WebSocket, data: string | ArrayBuffer): void {
    this.#reception.receive(socket, data);
  }

  override async webSocketClose(socket: WebSocket, code: number): Promise<void> {
    if (this.storage.state) this.#reception.leave(socket);
    // 1005 and 1006 can't be sent; anything else is answered in kind.
    socket.close(code === 1005 || code === 1006 ? 1000 : code);
  }

  override async webSocketError(socket: WebSocket): Promise<void> {
    if (this.storage.state) this.#reception.leave(socket);
  }

  // ── Calls of the Worker and the lobby ──────────────────────────────────────────────────────────

  /**
   * The visitor's own call that makes or finds the conversation, with its first message. Idempotent: a retry gets
   * the same ack. `refusal` says why the message was not taken, for instance `closed`.
   */
  async open({ row, created, visitor, firstMessage }: Opening): Promise<OpenResult> {
    if (created && !this.storage.state && !this.storage.gone && !this.#loading) {
      const { id, name, isAnonymous } = visitor;
      const state = freshState(row, { id, name, isAnonymous }, Date.now());
      this.storage.begin(state, [], { ...noMarks, flushedRev: state.rev });
    }
    const ready = await this.#ready(row.id);
    if (ready !== 'ready') return { ok: false, code: ready };
    const [answer] = firstMessage
      ? this.#core.take([
          { person: visitor, frame: { t: 'send', kind: 'text', ...firstMessage }, socket: null },
        ])
      : [];
    if (this.#core.state.status === 'waiting') this.#core.say('queued', { key: 'queued', params: {} });
    return {
      ok: true,
      conversation: this.#core.view('visitor'),
      ack: answer?.t === 'ack' ? { id: answer.id, seq: answer.seq, at: answer.at } : null,
      refusal: answer?.t === 'error' ? refusalOf(answer) : null,
    };
  }

  // What each of these does, and to whom it may be refused, is said in `RoomChanges`.

  async accept(conversationId: string, agent: AssignedAgent, by?: AuditActor): Promise<RoomResult> {
    return this.#whenReady(conversationId, () => this.#changes.accept(agent, by));
  }

  async takeOver(conversationId: string, agent: AssignedAgent, by?: AuditActor): Promise<RoomResult> {
    return this.#whenReady(conversationId, () => this.#changes.takeOver(agent, by));
  }

  async transfer(
    conversationId: string,
    by: Person,
    to: AssignedAgent,
    toIsOnline: boolean,
    from: string | null = null,
  ): Promise<RoomResult> {
    return this.#whenReady(conversationId, () => this.#changes.transfer(by, to, toIsOnline, from));
  }

  async closeConversation(
    conversationId: string,
    by: Person,
    from: string | null = null,
  ): Promise<RoomResult> {
    return this.#whenReady(conversationId, () => this.#changes.close(by, from));
  }

  /** Puts an active conversation back into the queue if it is with this agent, who is no longer one. Idempotent. */
  async giveBack(conversationId: string, agentId: string, by: AuditActor): Promise<RoomResult> {
    return this.#whenReady(conversationId, () => this.#changes.giveBack(agentId, by));
  }

  /** Puts a closed conversation back into the queue, if Postgres says that the visitor has no other open one. */
  async reopen(conversationId: string, by?: AuditActor): Promise<RoomResult> {
    return this.#whenReady(conversationId, () => this.#changes.reopen(by));
  }

  /**
   * A page of messages before `before` (null: the newest), oldest first.
   *
   * @param reader who reads; an agent has then opened the conversation
   */
  async history(
    conversationId: string,
    before: number | null,
    limit: number,
    reader: AuditActor = SYSTEM_ACTOR,
  ): Promise<Result<MessagePage, RoomCode>> {
    const ready = await this.#ready(conversationId);
    if (ready !== 'ready') return { ok: false, code: ready };
    this.#audit.opened(conversationId, reader);
    return { ok: true, ...this.#core.page(before ?? this.storage.log.head + 1, limit) };
  }

  /** Whether its agent is at the desk, as the lobby sees it. */
  async agentPresence(agentId: string, online: boolean): Promise<void> {
    if (this.storage.state?.agent?.id !== agentId || this.storage.agentOnline === online) return;
    this.storage.agentOnline = online;
    this.#core.broadcastConversation();
  }

  /**
   * Writes what Postgres lacks now, whatever alarm is due or lost; the cron's call.
   *
   * @returns whether Postgres has everything
   */
  async catchUp(conversationId: string): Promise<boolean> {
    if ((await this.#ready(conversationId)) !== 'ready') return false;
    await Promise.all([this.#flusher.flush(), this.#audit.deliver()]);
    const { state, marks, log: messages } = this.storage;
    // Gone, as Postgres has just said: it lacks nothing.
    return state === null || !isBehind(marks, messages.head, state.rev);
  }

  /**
   * Ends a person's access: closes their sockets here with `code` and voids every ticket and token they hold up to
   * now. Someone who may come back comes with a newer token. An empty room keeps it for when it is loaded.
   */
  async revoke(personId: string, code: typeof CLOSE.signedOut | typeof CLOSE.forbidden): Promise<void> {
    if (this.storage.gone) return;
    this.storage.void(personId, Date.now());
    this.#sockets.close(code, code === CLOSE.signedOut ? 'signed out' : 'not allowed', personId);
  }

  /** Postgres has given the conversation to another visitor. Idempotent; `ok` once the room has followed. */
  async moved(conversationId: string): Promise<'ok' | RoomCode> {
    const ready = await this.#ready(conversationId);
    return ready === 'ready' ? this.#owner.follow() : ready;
  }

  /** The visitor has registered, or goes by another name. Idempotent; an empty room learns it when it is loaded. */
  async introduce(visitor: RoomState['visitor']): Promise<void> {
    if (this.storage.state) this.#owner.introduce(visitor);
  }

  /**
   * Writes the state through again even if Postgres was thought to have it: after Postgres has named this
   * conversation as open although it is closed here.
   *
   * @returns whether Postgres has everything now
   */
  async settle(conversationId: string): Promise<boolean> {
    if ((await this.#ready(conversationId)) !== 'ready') return false;
    const state = { ...this.#core.state, rev: this.#core.state.rev + 1, changedAt: Date.now() };
    this.storage.state = state;
    this.#flusher.wrote();
    return this.catchUp(conversationId);
  }

  /**
   * Never throws: a throwing alarm is dropped for good after six retries. What is due runs side by side: a lobby that
   * is slow to answer must not hold up what Postgres lacks. Whatever was due, the lobby hears what it lacks, too: so
   * there is one commit for all of it, and no alarm of its own to come.
   */
  override async alarm(): Promise<void> {
    const due = new Set(this.storage.alarms.takeDue());
    if (this.#lobby.owes()) due.add('lobby');
    await Promise.all([...due].map((name) => this.#tryAlarm(name)));
    this.storage.storeMarks();
    this.storage.alarms.ran();
    this.#recover();
  }

  // ── Inside ─────────────────────────────────────────────────────────────────────────────────────

  async #whenReady(
    conversationId: string,
    change: () => RoomResult | Promise<RoomResult>,
  ): Promise<RoomResult> {
    const ready = await this.#ready(conversationId);
    return ready === 'ready' ? change() : { ok: false, code: ready };
  }

  async #tryAlarm(name: RoomAlarm): Promise<void> {
    try {
      await this.#runAlarm(name);
    } catch (error) {
      log({ event: 'alarm_failed', object: 'room', alarm: name, name: errorName(error) });
    }
  }

  #runAlarm(name: RoomAlarm): Promise<void> {
    switch (name) {
      case 'flush':
        return this.#flusher.flush();
      case 'lobby':
        return this.#lobby.tell();
      case 'audit':
        return this.#audit.deliver();
      default:
        throw new Error(`unknown alarm ${name satisfies never}`);
    }
  }

  /** Makes sure the room holds its conversation, loading it when it is empty. */
  async #ready(conversationId: string): Promise<'ready' | RoomCode> {
    if (this.storage.state) return 'ready';
    if (this.storage.gone) return 'not_found';
    this.#loading ??= loadRoom(this.env.STORE, conversationId).then((loaded) => {
      this.#loading = null;
      if (!loaded.ok) return loaded.code;
      this.storage.begin(loaded.state, loaded.rows, loaded.marks);
      return 'ready';
    });
    return this.#loading;
  }

  /** After a wake or an alarm: whatever is owed gets an alarm again, should the one before have been lost. */
  #recover(): void {
    const { state, marks, log: messages, alarms } = this.storage;
    const at = Date.now() + RECOVER_AFTER_MS;
    // Also of a room that is gone: what was done in it stays to be told.
    if (this.#audit.owes()) alarms.keep('audit', at);
    if (!state) return;
    if (!marks.halted && isBehind(marks, messages.head, state.rev)) alarms.keep('flush', at);
    if (this.#lobby.needsAlarm()) alarms.keep('lobby', at);
  }

  async #reportBehind(since: number | null): Promise<boolean> {
    try {
      await lobbyOf(this.env).reportBehind(this.#core.state.conversationId, since);
      return true;
    } catch (error) {
      log({ event: 'room_call_failed', method: 'lobby.reportBehind', name: errorName(error) });
      return false;
    }
  }

  async #tellEntered(agentId: string, conversationId: string, issuedAt: number): Promise<void> {
    try {
      await lobbyOf(this.env).entered(agentId, conversationId, issuedAt);
    } catch (error) {
      log({ event: 'room_call_failed', method: 'lobby.entered', name: errorName(error) });
    }
  }

  #erase(): void {
    const { conversationId } = this.#core.state;
    this.storage.erase();
    this.#recover();
    this.#sockets.close(CLOSE.notFound, 'deleted');
    log({ event: 'room_erased', conversation: conversationId });
    this.ctx.waitUntil(
      lobbyOf(this.env)
        .forget(conversationId)
        .catch(() => {}),
    );
  }
}

function refusalOf({ code, message, retryAfterMs }: Extract<RoomFrame, { t: 'error' }>): Refusal {
  return { code, message, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}
