import { v7 as uuidv7 } from 'uuid';
import type { HelloFrame, RoomFrame, SendFrame } from '../../app/protocol/frames.ts';
import type { MessagePage } from '../../app/protocol/http.ts';
import type { Limits } from '../../app/protocol/limits.ts';
import type {
  Conversation,
  ConversationSummary,
  ParticipantRole,
  ReadMarks,
  SystemEvent,
} from '../../app/protocol/model.ts';
import { PROTOCOL_VERSION } from '../../app/protocol/version.ts';
import type { Person } from '../auth/person.ts';
import { errorName, log } from '../log.ts';
import { type Answer, admit, again, type Refusal } from './admission.ts';
import { Allowances } from './allowances.ts';
import { GUEST_NAME } from './names.ts';
import { sentAsGuest, sentBefore } from './ownership.ts';
import type { LogRow, RoomState } from './records.ts';
import { isItsAgent, markRead, markResponse, type Transition } from './room-state.ts';
import type { RoomStorage } from './room-storage.ts';
import { participantOf, type Session, type Sockets } from './sockets.ts';
import { type Presence, toConversation, toMessage, toSummary } from './views.ts';
import { resume } from './welcome.ts';

/** A `send` and whose it is. */
export interface Sent {
  socket: WebSocket | null;
  person: Person;
  frame: SendFrame;
}

/** A `send` that was decided about. */
interface Placed {
  sent: Sent;
  answer: RoomFrame;
  /** What was written, if anything was. */
  row: LogRow | null;
}

/** What is said when something here broke. */
export const FAILED: Refusal = { code: 'unavailable', message: 'That didn’t work. Please try again.' };

export interface RoomCoreDeps {
  storage: RoomStorage;
  sockets: Sockets<RoomFrame>;
  limits: Limits;
  /** Called in the same synchronous block as every write that others must hear of. */
  wrote(): void;
}

/**
 * What a conversation does: takes messages, changes state, answers, tells everybody. Synchronous throughout, so
 * that nothing can come between what is decided, what is written and what is sent; the runtime holds everything
 * sent until the write is durable.
 */
export class RoomCore {
  readonly #deps: RoomCoreDeps;
  readonly allowances: Allowances;
  /** Counted once, then kept up to date; null: count again. */
  #unread: ReadMarks | null = null;

  constructor(deps: RoomCoreDeps) {
    this.#deps = deps;
    this.allowances = new Allowances(deps.limits);
  }

  /** @throws when the room is empty; the shell loads it before it lets anybody in */
  get state(): RoomState {
    const { state } = this.#deps.storage;
    if (!state) throw new Error('the room is empty');
    return state;
  }

  /**
   * Takes what was sent together, in its order, answers, and tells everybody else. All of it is written before anybody
   * is told, in one synchronous block, so it is one commit; a frame that fails fails alone.
   *
   * @returns an answer for each: `ack`, or `error` saying why not; those with a socket have been sent there
   */
  take(sends: readonly Sent[]): RoomFrame[] {
    const placed = sends.map((sent) => this.#place(sent));
    return placed.map((each) => this.#tell(each));
  }

  /** Decides about one `send` and, if it is taken, writes it. Never throws. */
  #place(sent: Sent): Placed {
    const { allowances } = this;
    const { person, frame } = sent;
    let paid = false;
    const takeToken = () => {
      const wait = allowances.message(person.id);
      paid = wait === 0;
      return wait;
    };
    let placed: Placed;
    try {
      placed = this.#decide(sent, takeToken);
    } catch (error) {
      log({ event: 'frame_failed', object: 'room', name: errorName(error) });
      placed = { sent, answer: refusal(FAILED, frame.id), row: null };
    }
    if (paid && !placed.row) allowances.giveBack(person.id);
    return placed;
  }

  #decide(sent: Sent, takeToken: () => number): Placed {
    const { storage, limits } = this.#deps;
    const { person, frame } = sent;
    const state = this.state;
    if (storage.marks.halted === 'stale_epoch') {
      const message = 'This conversation can’t take messages right now.';
      return { sent, answer: refusal({ code: 'unavailable', message }, frame.id), row: null };
    }
    const clientId = frame.id.toLowerCase();
    const earlier = () => sentBefore(storage.log, state, person, clientId);
    const admission = admit(frame, person, state, limits, { earlier, takeToken });
    if (admission.kind !== 'insert') return { sent, answer: answerTo(frame, admission), row: null };
    const asGuest = sentAsGuest(storage.log, state, person, clientId);
    const row = asGuest ? null : this.#append(person, clientId, admission.text);
    if (row) return { sent, answer: ack(frame.id, row), row };
    const held = asGuest ?? earlier();
    if (!held) throw new Error('what is in the way of this row is not there');
    return { sent, answer: answerTo(frame, again(frame, held)), row: null };
  }

  #tell({ sent: { socket }, answer, row }: Placed): RoomFrame {
    const { sockets } = this.#deps;
    if (row) sockets.broadcast({ t: 'message', message: toMessage(row) }, socket ?? undefined);
    if (socket) sockets.send(socket, answer);
    return answer;
  }

  /**
   * Writes one message; null when its sender has used this id before. What else may fail comes first and is harmless
   * by itself: an alarm for nothing. A savepoint for every message would copy each page it touches.
   */
  #append(person: Person, clientId: string, text: string): LogRow | null {
    const { storage, wrote } = this.#deps;
    const at = Date.now();
    const append = () => {
      wrote();
      storage.storeMarks();
      return storage.log.append({
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
    };
    const responded = person.role === 'agent' ? markResponse(this.state, at) : null;
    const row = responded ? this.#atomically(() => this.#respond(responded, append)) : append();
    const reader = person.role === 'agent' ? 'visitor' : 'agent';
    if (row && this.#unread) this.#unread = { ...this.#unread, [reader]: this.#unread[reader] + 1 };
    return row;
  }

  /** The first answer of an agent: the state says when, if there is one. */
  #respond(responded: RoomState, append: () => LogRow | null): LogRow | null {
    const row = append();
    if (row) this.#deps.storage.state = responded;
    return row;
  }

  /** Everything a socket that says `hello` is missing; from the same synchronous block on it hears what happens. */
  welcome(socket: WebSocket, session: Session, hello: HelloFrame): void {
    const { storage, sockets, limits } = this.#deps;
    const { rows, gap, reset } = resume(storage.log, this.state.epoch, hello, limits.welcomeMessages);
    sockets.update(socket, { ...session, greeted: true });
    sockets.send(socket, {
      t: 'welcome',
      v: PROTOCOL_VERSION,
      you: participantOf(session),
      conversation: this.view(session.person.role),
      epoch: this.state.epoch,
      head: storage.log.head,
      messages: rows.map(toMessage),
      gap,
      reset,
      ticket: session.ticket,
      now: new Date().toISOString(),
    });
    sockets.send(socket, this.presenceFrame());
  }

  typing(socket: WebSocket, session: Session, on: boolean): void {
    const mayWrite = session.person.role === 'visitor' || isItsAgent(this.state, session.person);
    if (!mayWrite || this.state.status === 'closed') return;
    const until = new Date(Date.now() + (on ? this.#deps.limits.typingMs : 0)).toISOString();
    this.#deps.sockets.broadcast({ t: 'typing', who: participantOf(session), until }, socket);
  }

  read(person: Person, seq: number): void {
    const { storage, sockets, wrote } = this.#deps;
    // An agent who only looks must not clear the badge of the one who answers.
    if (person.role === 'agent' && !isItsAgent(this.state, person)) return;
    const state = markRead(this.state, person.role, seq, storage.log.head, Date.now());
    if (!state) return;
    storage.state = state;
    this.#unread = null;
    wrote();
    sockets.broadcast({ t: 'read', role: person.role, seq: state.read[person.role] });
  }

  /** A page of messages before `before`, oldest first; no longer than the limit. */
  page(before: number, limit: number): MessagePage {
    const rows = this.#deps.storage.log.before(before, Math.min(limit, this.#deps.limits.historyPage));
    return { messages: rows.map(toMessage), more: (rows[0]?.seq ?? 1) > 1 };
  }

  /**
   * Stores what a transition makes of the state, says it in the log, and tells everybody.
   *
   * @param agentOnline whether the agent it then has is at their desk
   */
  apply(outcome: Extract<Transition, { ok: true }>, agentOnline: boolean): void {
    const { storage, sockets, wrote } = this.#deps;
    const { state, event } = outcome;
    if (state === storage.state) return;
    const row = this.#atomically(() => {
      storage.state = state;
      storage.agentOnline = agentOnline && state.agent !== null;
      this.#unread = null;
      wrote();
      return event && this.#appendEvent(`${event.key}:${state.rev}`, event);
    });
    if (row) sockets.broadcast({ t: 'message', message: toMessage(row) });
    this.broadcastConversation();
  }

  /** Puts what the system has to say into the log, once for each `occurrence`, and tells everybody. */
  say(occurrence: string, event: SystemEvent): void {
    const row = this.#atomically(() => this.#appendEvent(occurrence, event));
    if (row) this.#deps.sockets.broadcast({ t: 'message', message: toMessage(row) });
  }

  #appendEvent(occurrence: string, event: SystemEvent): LogRow | null {
    const { storage, wrote } = this.#deps;
    const row = storage.appendEvent(this.state.conversationId, occurrence, event, Date.now());
    if (row) wrote();
    return row;
  }

  /** A write is whole or isn't: what throws in the middle of it leaves nothing behind that nobody was told of. */
  #atomically<Value>(work: () => Value): Value {
    try {
      return this.#deps.storage.atomically(work);
    } catch (error) {
      this.#unread = null;
      throw error;
    }
  }

  broadcastConversation(): void {
    this.#deps.sockets.broadcastByRole((role) => ({ t: 'conversation', conversation: this.view(role) }));
  }

  /** Who is here, not counting a socket that is just leaving. */
  presenceFrame(leaving?: WebSocket): RoomFrame {
    const present = this.#deps.sockets.participants(leaving);
    return {
      t: 'presence',
      visitor: present.some(({ role }) => role === 'visitor'),
      agents: present.filter(({ role }) => role === 'agent'),
    };
  }

  /** The conversation as one side may see it. */
  view(reader: ParticipantRole): Conversation {
    return toConversation(this.state, this.#presence(), this.#unreadNow(), reader);
  }

  /** What the lobby mirrors. */
  summary(): ConversationSummary {
    return toSummary(this.state, this.#presence(), this.#unreadNow(), this.#deps.storage.log.newest());
  }

  #presence(): Presence {
    const present = this.#deps.sockets.participants();
    return {
      visitorOnline: present.some(({ role }) => role === 'visitor'),
      agentOnline: this.#deps.storage.agentOnline || present.some(({ id }) => id === this.state.agent?.id),
    };
  }

  #unreadNow(): ReadMarks {
    const { read } = this.state;
    const { log } = this.#deps.storage;
    this.#unread ??= {
      visitor: log.countAfter(read.visitor, 'agent'),
      agent: log.countAfter(read.agent, 'visitor'),
    };
    return this.#unread;
  }
}

/** An `error` frame. */
export function refusal(reason: Refusal, ref?: string): RoomFrame {
  return { t: 'error', ...reason, ...(ref === undefined ? {} : { ref }) };
}

function answerTo(frame: SendFrame, verdict: Answer): RoomFrame {
  return verdict.kind === 'known' ? ack(frame.id, verdict.row) : refusal(verdict.refusal, frame.id);
}

function ack(id: string, row: LogRow): RoomFrame {
  return { t: 'ack', id, seq: row.seq, at: new Date(row.at).toISOString() };
}
