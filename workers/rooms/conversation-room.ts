import { DurableObject } from 'cloudflare:workers';
import { v7 as uuidv7 } from 'uuid';
import { CLOSE } from '../../app/protocol/codes.ts';
import type { ClientFrame, RoomFrame, SendFrame } from '../../app/protocol/frames.ts';
import type { Ack, MessagePage } from '../../app/protocol/http.ts';
import type { Limits } from '../../app/protocol/limits.ts';
import type {
  Conversation,
  ConversationSummary,
  ParticipantRole,
  ReadMarks,
  SystemEvent,
} from '../../app/protocol/model.ts';
import { PING, PONG, PROTOCOL_VERSION } from '../../app/protocol/version.ts';
import type { Person } from '../auth/person.ts';
import { settingsOf } from '../env.ts';
import { errorName, log } from '../log.ts';
import { laneOf, lobbyOf } from '../objects.ts';
import type { Result } from '../result.ts';
import { acceptedSocket, refusedSocket } from '../socket-response.ts';
import type { ConversationRow } from '../store/rows.ts';
import { admit, type Refusal } from './admission.ts';
import { Flusher } from './flusher.ts';
import { parseFrame } from './frames.ts';
import { Gatherer } from './gatherer.ts';
import { LobbyLink } from './lobby-link.ts';
import { GUEST_NAME } from './names.ts';
import { isBehind, noMarks } from './outbox.ts';
import type { AssignedAgent, LogRow, RoomState } from './records.ts';
import { loadRoom } from './room-loader.ts';
import {
  accept,
  close,
  freshState,
  isItsAgent,
  markRead,
  markResponse,
  reopen,
  type Transition,
  takeOver,
  transfer,
} from './room-state.ts';
import { RoomStorage } from './room-storage.ts';
import { participantOf, type Session, Sockets } from './sockets.ts';
import { TokenBucket } from './token-bucket.ts';
import { readUpgrade } from './upgrade-header.ts';
import { toConversation, toMessage, toSummary } from './views.ts';
import { resume } from './welcome.ts';

/** `not_found`: there is no such conversation. `unavailable`: an empty room could not be loaded; try again. */
export type RoomCode = 'not_found' | 'unavailable' | 'conflict' | 'forbidden';
export type RoomResult =
  | { ok: true; conversation: Conversation; summary: ConversationSummary }
  /** `conversation`: how it stands instead; `openId`: the visitor's other conversation that is in the way. */
  | { ok: false; code: RoomCode; conversation?: Conversation; openId?: string };
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

interface QueuedSend {
  socket: WebSocket | null;
  person: Person;
  frame: SendFrame;
  /** Set at the commit. */
  answer?: RoomFrame;
}

/**
 * One conversation: its sockets, who is typing, the log that decides order and content, and the outbox to
 * Postgres. The class is a shell: it parses, asks the pure parts, stores in one synchronous block, and sends.
 */
export class ConversationRoom extends DurableObject<Env> {
  readonly #limits: Limits;
  readonly #storage: RoomStorage;
  readonly #sockets: Sockets<RoomFrame>;
  readonly #flusher: Flusher;
  readonly #lobby: LobbyLink;
  readonly #gatherer = new Gatherer<QueuedSend>((sends) => this.#commit(sends));
  readonly #allowances = new Map<string, TokenBucket>();
  #unread: ReadMarks | null = null;
  #loading: Promise<'ready' | RoomCode> | null = null;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#limits = settingsOf(env).limits;
    this.#storage = new RoomStorage(ctx.storage);
    this.#sockets = new Sockets<RoomFrame>(ctx);
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(PING, PONG));
    this.#flusher = new Flusher({
      storage: this.#storage,
      ingest: (part) => laneOf(env, part.conversationId).ingest(part),
      reportBehind: (since) => this.#reportBehind(since),
      erase: () => this.#erase(),
      now: Date.now,
      random: Math.random,
      flushDelayMs: this.#limits.flushDelayMs,
      behindAfterMs: this.#limits.behindAfterMs,
    });
    this.#lobby = new LobbyLink({
      storage: this.#storage,
      summary: () => this.#summary(this.#requireState()),
      update: async (summary) => void (await lobbyOf(env).update(summary)),
      now: Date.now,
    });
    this.#recover();
  }

  // ── Sockets ────────────────────────────────────────────────────────────────────────────────────

  /** A WebSocket that the Worker has authorised; nobody else reaches this. */
  override async fetch(request: Request): Promise<Response> {
    const upgrade = readUpgrade(request);
    const ready = await this.#ready(upgrade.conversationId);
    if (ready !== 'ready')
      return refusedSocket(ready === 'not_found' ? CLOSE.notFound : CLOSE.tryAgainLater, ready);
    const { person, ticket, expiresAt } = upgrade;
    for (const oldest of this.#sockets
      .open(person.id)
      .slice(0, -(this.#limits.socketsPerPerson - 1) || undefined)) {
      if (this.#sockets.open(person.id).length < this.#limits.socketsPerPerson) break;
      oldest.close(CLOSE.tooFast, 'too many sockets');
    }
    const { response, socket } = acceptedSocket();
    this.#sockets.accept(socket, { person, ticket, expiresAt, greeted: false });
    this.#presenceChanged(person.role);
    return response;
  }

  override async webSocketMessage(socket: WebSocket, data: string | ArrayBuffer): Promise<void> {
    try {
      this.#receive(socket, data);
    } catch (error) {
      log({ event: 'frame_failed', object: 'room', name: errorName(error) });
      this.#sockets.send(socket, {
        t: 'error',
        code: 'unavailable',
        message: 'That didn’t work. Please try again.',
      });
    }
  }

  override async webSocketClose(socket: WebSocket, code: number): Promise<void> {
    this.#left(socket);
    // 1005 and 1006 can't be sent; anything else is answered in kind.
    socket.close(code === 1005 || code === 1006 ? 1000 : code);
  }

  override async webSocketError(socket: WebSocket): Promise<void> {
    this.#left(socket);
  }

  #receive(socket: WebSocket, data: string | ArrayBuffer): void {
    const session = this.#sockets.session(socket);
    if (!session) return socket.close(CLOSE.signedOut, 'unknown session');
    if (session.expiresAt <= Date.now()) return socket.close(CLOSE.signedOut, 'expired');
    if (
      this.#allowance(
        `frames:${session.person.id}`,
        this.#limits.framesPerSecond * 2,
        this.#limits.framesPerSecond,
      ) > 0
    ) {
      return socket.close(CLOSE.tooFast, 'too many frames');
    }
    const parsed = parseFrame(data, this.#limits.frameBytes);
    if (!parsed.ok) {
      this.#refuse(socket, parsed.refusal, parsed.ref);
      if (parsed.refusal.code === 'too_large') socket.close(CLOSE.tooBig, 'frame too large');
      return;
    }
    if (!session.greeted && parsed.frame.t !== 'hello') {
      return this.#refuse(socket, { code: 'invalid', message: 'Say hello first.' }, refOf(parsed.frame));
    }
    this.#dispatch(socket, session, parsed.frame);
  }

  #dispatch(socket: WebSocket, session: Session, frame: ClientFrame): void {
    const { person } = session;
    switch (frame.t) {
      case 'hello':
        return this.#welcome(socket, session, frame);
      case 'send':
        return this.#gatherer.add({ socket, person, frame });
      case 'typing':
        return this.#typing(socket, session, frame.on);
      case 'read':
        return this.#read(person, frame.seq);
      case 'history': {
        const page = this.#page(frame.before, frame.limit ?? this.#limits.historyPage);
        return this.#sockets.send(socket, { t: 'history', before: frame.before, ...page });
      }
      default:
        throw new Error(`unknown frame ${frame satisfies never}`);
    }
  }

  #welcome(socket: WebSocket, session: Session, hello: Extract<ClientFrame, { t: 'hello' }>): void {
    const state = this.#requireState();
    const { rows, gap, reset } = resume(this.#storage.log, state.epoch, hello, this.#limits.welcomeMessages);
    this.#sockets.update(socket, { ...session, greeted: true });
    this.#sockets.send(socket, {
      t: 'welcome',
      v: PROTOCOL_VERSION,
      you: participantOf(session),
      conversation: this.#view(state, session.person.role),
      epoch: state.epoch,
      head: this.#storage.log.head,
      messages: rows.map(toMessage),
      gap,
      reset,
      ticket: session.ticket,
      now: new Date().toISOString(),
    });
    this.#sockets.send(socket, this.#presenceFrame());
  }

  #typing(socket: WebSocket, session: Session, on: boolean): void {
    const state = this.#requireState();
    const mayWrite = session.person.role === 'visitor' || isItsAgent(state, session.person);
    if (!mayWrite || state.status === 'closed') return;
    const until = new Date(Date.now() + (on ? this.#limits.typingMs : 0)).toISOString();
    this.#sockets.broadcast({ t: 'typing', who: participantOf(session), until }, socket);
  }

  #read(person: Person, seq: number): void {
    const state = this.#requireState();
    // An agent who only looks must not clear the badge of the one who answers.
    if (person.role === 'agent' && !isItsAgent(state, person)) return;
    const read = markRead(state, person.role, seq, this.#storage.log.head, Date.now());
    if (!read) return;
    this.#storage.state = read;
    this.#unread = null;
    this.#wrote();
    this.#sockets.broadcast({ t: 'read', role: person.role, seq: read.read[person.role] });
  }

  #left(socket: WebSocket): void {
    const session = this.#sockets.session(socket);
    if (session && this.#storage.state) this.#presenceChanged(session.person.role, socket);
  }

  // ── Messages ───────────────────────────────────────────────────────────────────────────────────

  /** Takes sends in order, in one synchronous block: what is answered after it is durable, or was never said. */
  #commit(sends: QueuedSend[]): void {
    for (const send of sends) {
      try {
        this.#take(send);
      } catch (error) {
        log({ event: 'frame_failed', object: 'room', name: errorName(error) });
        send.answer = this.#refusalFrame(
          { code: 'unavailable', message: 'That didn’t work. Please try again.' },
          send.frame.id,
        );
      }
      if (send.answer && send.socket) this.#sockets.send(send.socket, send.answer);
    }
  }

  #take(send: QueuedSend): void {
    const { person, frame, socket } = send;
    const state = this.#requireState();
    const clientId = frame.id.toLowerCase();
    if (this.#storage.marks.halted === 'stale_epoch') {
      send.answer = this.#refusalFrame(
        { code: 'unavailable', message: 'This conversation can’t take messages right now.' },
        frame.id,
      );
      return;
    }
    const held = this.#storage.log.find(person.id, clientId);
    const admission = admit(frame, person, state, held, this.#limits, () =>
      this.#allowance(
        `messages:${person.id}`,
        this.#limits.messageBurst,
        this.#limits.messagesPerMinute / 60,
      ),
    );
    if (admission.kind === 'refuse') {
      send.answer = this.#refusalFrame(admission.refusal, frame.id);
      return;
    }
    const row = admission.kind === 'known' ? admission.row : this.#append(person, clientId, admission.text);
    send.answer = { t: 'ack', id: frame.id, seq: row.seq, at: new Date(row.at).toISOString() };
    if (admission.kind === 'insert') {
      this.#sockets.broadcast({ t: 'message', message: toMessage(row) }, socket ?? undefined);
    }
  }

  #append(person: Person, clientId: string, text: string): LogRow {
    const at = Date.now();
    const row = this.#storage.log.append({
      id: uuidv7(),
      senderId: person.id,
      senderRole: person.role,
      senderName: person.name ?? GUEST_NAME,
      clientId,
      kind: 'text',
      text,
      event: null,
      at,
    });
    if (this.#unread)
      this.#unread = {
        ...this.#unread,
        [person.role === 'agent' ? 'visitor' : 'agent']:
          this.#unread[person.role === 'agent' ? 'visitor' : 'agent'] + 1,
      };
    const responded = person.role === 'agent' ? markResponse(this.#requireState(), at) : null;
    if (responded) this.#storage.state = responded;
    this.#wrote();
    return row;
  }

  // ── Calls of the Worker and the lobby ──────────────────────────────────────────────────────────

  /**
   * The visitor's own call that makes or finds the conversation, with its first message. Idempotent: a retry gets
   * the same ack. `refusal` says why the message was not taken, for instance `closed`.
   */
  async open({ row, created, visitor, firstMessage }: Opening): Promise<OpenResult> {
    if (created && !this.#storage.state && !this.#storage.gone && !this.#loading) {
      const { id, name, isAnonymous } = visitor;
      const state = freshState(row, { id, name, isAnonymous }, Date.now());
      this.#storage.begin(state, [], { ...noMarks, flushedRev: state.rev });
    }
    const ready = await this.#ready(row.id);
    if (ready !== 'ready') return { ok: false, code: ready };
    let answer: RoomFrame | undefined;
    if (firstMessage) {
      const send: QueuedSend = {
        socket: null,
        person: visitor,
        frame: { t: 'send', kind: 'text', ...firstMessage },
      };
      this.#commit([send]);
      answer = send.answer;
    }
    const state = this.#requireState();
    if (state.status === 'waiting') this.#say(state, 'queued', { key: 'queued', params: {} });
    return {
      ok: true,
      conversation: this.#view(this.#requireState(), 'visitor'),
      ack: answer?.t === 'ack' ? { id: answer.id, seq: answer.seq, at: answer.at } : null,
      refusal: answer?.t === 'error' ? refusalOf(answer) : null,
    };
  }

  /** The lobby has reserved a place with this agent; the room decides who has the conversation. */
  async accept(conversationId: string, agent: AssignedAgent): Promise<RoomResult> {
    return this.#apply(conversationId, 'agent', (state, now) => accept(state, agent, now), true);
  }

  async takeOver(conversationId: string, agent: AssignedAgent): Promise<RoomResult> {
    return this.#apply(conversationId, 'agent', (state, now) => takeOver(state, agent, now), true);
  }

  async transfer(
    conversationId: string,
    by: Person,
    to: AssignedAgent,
    toIsOnline: boolean,
  ): Promise<RoomResult> {
    return this.#apply(conversationId, 'agent', (state, now) => transfer(state, by, to, now), toIsOnline);
  }

  async closeConversation(conversationId: string, by: Person): Promise<RoomResult> {
    return this.#apply(
      conversationId,
      by.role,
      (state, now) => close(state, by, now),
      this.#storage.agentOnline,
    );
  }

  /** Puts a closed conversation back into the queue, if Postgres says that the visitor has no other open one. */
  async reopen(conversationId: string): Promise<RoomResult> {
    const ready = await this.#ready(conversationId);
    if (ready !== 'ready') return { ok: false, code: ready };
    const { epoch, status } = this.#requireState();
    if (status !== 'closed')
      return { ok: false, code: 'conflict', conversation: this.#view(this.#requireState(), 'agent') };
    // Otherwise the old state could be written over what Postgres is about to agree to.
    await this.#flusher.flush();
    const answer = await this.env.STORE.reopenConversation(conversationId, epoch);
    if (!answer.ok) return { ok: false, code: answer.code === 'gone' ? 'not_found' : 'unavailable' };
    if (!answer.reopened)
      return { ok: false, code: 'conflict', ...(answer.open === null ? {} : { openId: answer.open }) };
    return this.#apply(conversationId, 'agent', reopen, false);
  }

  /** A page of messages before `before` (null: the newest), oldest first. */
  async history(
    conversationId: string,
    before: number | null,
    limit: number,
  ): Promise<Result<MessagePage, RoomCode>> {
    const ready = await this.#ready(conversationId);
    if (ready !== 'ready') return { ok: false, code: ready };
    return { ok: true, ...this.#page(before ?? this.#storage.log.head + 1, limit) };
  }

  /** Whether its agent is at the desk, as the lobby sees it. */
  async agentPresence(agentId: string, online: boolean): Promise<void> {
    const { state } = this.#storage;
    if (!state || state.agent?.id !== agentId || this.#storage.agentOnline === online) return;
    this.#storage.agentOnline = online;
    this.#broadcastConversation(state);
  }

  /**
   * Writes the state through again even if Postgres was thought to have it: after Postgres has named this
   * conversation as open although it is closed here.
   */
  async settle(conversationId: string): Promise<boolean> {
    if ((await this.#ready(conversationId)) !== 'ready') return false;
    const state = this.#requireState();
    this.#storage.state = { ...state, rev: state.rev + 1, changedAt: Date.now() };
    this.#wrote();
    await this.#flusher.flush();
    return !isBehind(this.#storage.marks, this.#storage.log.head, this.#requireState().rev);
  }

  override async alarm(): Promise<void> {
    for (const name of this.#storage.alarms.takeDue()) {
      try {
        if (name === 'flush') await this.#flusher.flush();
        else await this.#lobby.tell();
      } catch (error) {
        log({ event: 'alarm_failed', object: 'room', alarm: name, name: errorName(error) });
      }
    }
    this.#recover();
    this.#storage.alarms.rearm();
  }

  // ── Inside ─────────────────────────────────────────────────────────────────────────────────────

  async #apply(
    conversationId: string,
    reader: ParticipantRole,
    transition: (state: RoomState, now: number) => Transition,
    agentOnline: boolean,
  ): Promise<RoomResult> {
    const ready = await this.#ready(conversationId);
    if (ready !== 'ready') return { ok: false, code: ready };
    const before = this.#requireState();
    const outcome = transition(before, Date.now());
    if (!outcome.ok) return { ok: false, code: outcome.code, conversation: this.#view(before, reader) };
    if (outcome.state !== before) {
      this.#storage.state = outcome.state;
      this.#storage.agentOnline = agentOnline && outcome.state.agent !== null;
      if (outcome.event) this.#say(outcome.state, `${outcome.event.key}:${outcome.state.rev}`, outcome.event);
      this.#unread = null;
      this.#wrote();
      this.#broadcastConversation(outcome.state);
    }
    return {
      ok: true,
      conversation: this.#view(outcome.state, reader),
      summary: this.#summary(outcome.state),
    };
  }

  #page(before: number, limit: number): MessagePage {
    const rows = this.#storage.log.before(before, Math.min(limit, this.#limits.historyPage));
    return { messages: rows.map(toMessage), more: (rows[0]?.seq ?? 1) > 1 };
  }

  /** Puts what the system has to say into the log, once, and tells everybody. */
  #say(state: RoomState, occurrence: string, event: SystemEvent): void {
    const row = this.#storage.appendEvent(state.conversationId, occurrence, event, Date.now());
    if (!row) return;
    this.#wrote();
    this.#sockets.broadcast({ t: 'message', message: toMessage(row) });
  }

  /** Makes sure the room holds its conversation, loading it when it is empty. */
  async #ready(conversationId: string): Promise<'ready' | RoomCode> {
    if (this.#storage.state) return 'ready';
    if (this.#storage.gone) return 'not_found';
    this.#loading ??= loadRoom(this.env.STORE, conversationId).then((loaded) => {
      this.#loading = null;
      if (!loaded.ok) return loaded.code;
      this.#storage.begin(loaded.state, loaded.rows, loaded.marks);
      return 'ready';
    });
    return this.#loading;
  }

  /** What a write makes necessary: to Postgres, and to the queue. */
  #wrote(): void {
    this.#flusher.wrote();
    this.#lobby.changed('stored');
  }

  /** After a wake: whatever is owed gets an alarm again, should the one before have been lost. */
  #recover(): void {
    const { state, marks, log: messages, alarms } = this.#storage;
    if (!state) return;
    if (!marks.halted && isBehind(marks, messages.head, state.rev))
      alarms.ensure('flush', Date.now() + 1_000);
    if (this.#lobby.owes()) alarms.ensure('lobby', Date.now() + 1_000);
  }

  async #reportBehind(since: number | null): Promise<boolean> {
    try {
      await lobbyOf(this.env).reportBehind(this.#requireState().conversationId, since);
      return true;
    } catch (error) {
      log({ event: 'room_call_failed', method: 'lobby.reportBehind', name: errorName(error) });
      return false;
    }
  }

  #erase(): void {
    const conversation = this.#requireState().conversationId;
    this.#storage.erase();
    this.#sockets.close(CLOSE.notFound, 'deleted');
    log({ event: 'room_erased', conversation });
    void lobbyOf(this.env)
      .forget(conversation)
      .catch(() => {});
  }

  #presenceChanged(role: ParticipantRole, leaving?: WebSocket): void {
    this.#sockets.broadcast(this.#presenceFrame(leaving), leaving);
    if (role === 'visitor') this.#lobby.changed('presence');
  }

  #presenceFrame(leaving?: WebSocket): RoomFrame {
    const present = this.#sockets.participants(leaving);
    return {
      t: 'presence',
      visitor: present.some(({ role }) => role === 'visitor'),
      agents: present.filter(({ role }) => role === 'agent'),
    };
  }

  #broadcastConversation(state: RoomState): void {
    this.#sockets.broadcastByRole((role) => ({ t: 'conversation', conversation: this.#view(state, role) }));
  }

  #view(state: RoomState, reader: ParticipantRole): Conversation {
    return toConversation(state, this.#presence(state), this.#unreadOf(state), reader);
  }

  #summary(state: RoomState): ConversationSummary {
    return toSummary(state, this.#presence(state), this.#unreadOf(state), this.#storage.log.newest());
  }

  #presence(state: RoomState) {
    const present = this.#sockets.participants();
    return {
      visitorOnline: present.some(({ role }) => role === 'visitor'),
      agentOnline: this.#storage.agentOnline || present.some(({ id }) => id === state.agent?.id),
    };
  }

  /** The other people's messages after each read mark; counted once, then kept up to date. */
  #unreadOf(state: RoomState): ReadMarks {
    this.#unread ??= {
      visitor: this.#storage.log.countAfter(state.read.visitor, 'agent'),
      agent: this.#storage.log.countAfter(state.read.agent, 'visitor'),
    };
    return this.#unread;
  }

  #allowance(key: string, burst: number, perSecond: number): number {
    const now = Date.now();
    let bucket = this.#allowances.get(key);
    if (!bucket) {
      bucket = new TokenBucket(burst, perSecond, now);
      this.#allowances.set(key, bucket);
    }
    return bucket.take(now);
  }

  #refusalFrame(refusal: Refusal, ref?: string): RoomFrame {
    return { t: 'error', ...refusal, ...(ref === undefined ? {} : { ref }) };
  }

  #refuse(socket: WebSocket, refusal: Refusal, ref?: string): void {
    this.#sockets.send(socket, this.#refusalFrame(refusal, ref));
  }

  #requireState(): RoomState {
    const { state } = this.#storage;
    if (!state) throw new Error('the room is empty');
    return state;
  }
}

function refOf(frame: ClientFrame): string | undefined {
  return frame.t === 'send' ? frame.id : undefined;
}

function refusalOf({ code, message, retryAfterMs }: Extract<RoomFrame, { t: 'error' }>): Refusal {
  return { code, message, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}
