import type { RoomFrame, WelcomeFrame } from '../protocol/frames.ts';
import type { Conversation, Message, Participant } from '../protocol/model.ts';
import { type ClockOffset, correctedUntil, offsetFrom } from './clock.ts';
import type { ConversationSnapshot, PendingMessage, Refusal } from './types.ts';

/** What this browser knows of a conversation, apart from the line and the outbox. */
export interface ConversationState {
  you: Participant | null;
  conversation: Conversation | null;
  epoch: number | null;
  /** By seq, without a gap. */
  messages: readonly Message[];
  /** The newest seq applied; null before the first welcome. What the next `hello` resumes from. */
  last: number | null;
  typing: readonly { who: Participant; until: number }[];
  presence: ConversationSnapshot['presence'];
  older: ConversationSnapshot['older'];
  offset: ClockOffset;
  /** A `hello` is under way because something was missed: frames that don't fit wait for its welcome. */
  resuming: boolean;
}

/** What the shell has to do after a step. */
export type Effect =
  /** Something was missed: say `hello` again from `last`. */
  | { do: 'resume' }
  /** The room has this message of ours: it may leave the outbox. */
  | { do: 'settle'; id: string }
  /** The room didn't take this message of ours. */
  | { do: 'refuse'; id: string; refusal: Refusal; retryAfterMs?: number }
  /** Something else was refused: tell the person. */
  | { do: 'notice'; refusal: Refusal }
  | { do: 'outdated' };

export interface Step {
  state: ConversationState;
  effects: readonly Effect[];
}

/** What a step needs of the outside. */
export interface StepContext {
  /** Local clock, milliseconds. */
  now: number;
  /** Own message by client id, to build what an `ack` alone doesn't carry. */
  pending(id: string): PendingMessage | undefined;
}

export const INITIAL: ConversationState = {
  you: null,
  conversation: null,
  epoch: null,
  messages: [],
  last: null,
  typing: [],
  presence: { visitor: false, agents: [] },
  older: 'none',
  offset: 0,
  resuming: false,
};

/**
 * One frame of the room applied to what is held (the contract of "Delivery": `last + 1` or ask again). Pure.
 * Returns the same state object when nothing changed.
 */
export function applyFrame(state: ConversationState, frame: RoomFrame, context: StepContext): Step {
  switch (frame.t) {
    case 'welcome':
      return welcome(state, frame, context);
    case 'message':
      return append(state, frame.message, []);
    case 'ack':
      return acknowledge(state, frame, context);
    case 'typing':
      return only(
        typing(state, frame.who, correctedUntil(frame.until, state.offset, context.now), context.now),
      );
    case 'read':
      return only(read(state, frame.role, frame.seq));
    case 'history':
      return only(prepend(state, frame.before, frame.messages, frame.more));
    case 'conversation':
      return only(merge(state, frame.conversation));
    case 'presence':
      return only({ ...state, presence: { visitor: frame.visitor, agents: frame.agents } });
    case 'error':
      return refused(state, frame, context);
    default:
      frame satisfies never;
      return only(state);
  }
}

/** The line is gone: nobody is known to type, an asked page won't come, the next welcome resumes. */
export function disconnected(state: ConversationState): ConversationState {
  const older = state.older === 'loading' ? 'available' : state.older;
  if (!state.typing.length && !state.resuming && older === state.older) return state;
  return { ...state, typing: [], resuming: false, older };
}

/** Forgets typing marks whose time is over. `now` is the local clock. */
export function expireTyping(state: ConversationState, now: number): ConversationState {
  const typing = state.typing.filter(({ until }) => until > now);
  return typing.length === state.typing.length ? state : { ...state, typing };
}

function only(state: ConversationState): Step {
  return { state, effects: [] };
}

function welcome(state: ConversationState, frame: WelcomeFrame, context: StepContext): Step {
  // A room that lost its log and came back numbers anew: what we hold is of another history even if it didn't say so.
  const reset = frame.reset || (state.epoch !== null && state.epoch !== frame.epoch);
  const first = frame.messages[0];
  const holds = !reset && !frame.gap && state.last !== null;
  const fits = holds && (!first || first.seq <= (state.last ?? 0) + 1);
  let next: ConversationState = {
    ...state,
    you: frame.you,
    epoch: frame.epoch,
    offset: offsetFrom(frame.now, context.now),
    resuming: false,
    typing: [],
    presence: presenceOf(frame.conversation),
    older: state.older === 'loading' ? 'available' : state.older,
  };
  const effects: Effect[] = [];
  if (fits) {
    for (const message of frame.messages) {
      if (message.seq <= (next.last ?? 0)) effects.push(...settled(next, message));
      else if (message.seq === (next.last ?? 0) + 1) {
        const step = append(next, message, effects.splice(0));
        next = step.state;
        effects.push(...step.effects);
      }
    }
  } else {
    const page = contiguousTail(frame.messages);
    next = {
      ...next,
      messages: page,
      last: page.at(-1)?.seq ?? frame.head,
      older: (page[0]?.seq ?? 1) > 1 ? 'available' : 'none',
    };
    for (const message of page) effects.push(...settled(next, message));
  }
  next = reset ? { ...next, conversation: frame.conversation } : merge(next, frame.conversation);
  return { state: next, effects };
}

function append(state: ConversationState, message: Message, before: readonly Effect[]): Step {
  const effects = [...before, ...settled(state, message)];
  if (state.last === null || message.seq <= state.last)
    return { state, effects: state.last === null ? before : effects };
  if (message.seq !== state.last + 1) return { ...missed(state, before) };
  const typing = state.typing.filter(({ who }) => who.id !== message.senderId);
  return { state: { ...state, messages: [...state.messages, message], last: message.seq, typing }, effects };
}

function acknowledge(
  state: ConversationState,
  frame: Extract<RoomFrame, { t: 'ack' }>,
  context: StepContext,
): Step {
  const { you } = state;
  if (!you || state.last === null) return only(state);
  // A resend's first ack, or another tab was faster: the room has it, and we hold it or can scroll to it.
  if (frame.seq <= state.last) return { state, effects: [{ do: 'settle', id: frame.id }] };
  const pending = context.pending(frame.id);
  // Without its text, or with something in between, the message itself has to come: the welcome carries it.
  if (!pending || frame.seq !== state.last + 1) return missed(state, []);
  const message: Message = {
    seq: frame.seq,
    // The room's own id isn't in an ack; nothing here asks for it, and the next page of history brings it.
    id: frame.id,
    clientId: frame.id,
    senderRole: you.role,
    senderId: you.id,
    senderName: you.name ?? '',
    kind: 'text',
    text: pending.text,
    at: frame.at,
  };
  return append(state, message, []);
}

function missed(state: ConversationState, before: readonly Effect[]): Step {
  if (state.resuming) return { state, effects: before };
  return { state: { ...state, resuming: true }, effects: [...before, { do: 'resume' }] };
}

function settled(state: ConversationState, message: Message): Effect[] {
  return message.clientId && message.senderId === state.you?.id
    ? [{ do: 'settle', id: message.clientId }]
    : [];
}

function typing(state: ConversationState, who: Participant, until: number, now: number): ConversationState {
  if (who.id === state.you?.id) return state;
  const others = state.typing.filter((entry) => entry.who.id !== who.id);
  if (until <= now) return others.length === state.typing.length ? state : { ...state, typing: others };
  return { ...state, typing: [...others, { who, until }] };
}

function read(state: ConversationState, role: 'visitor' | 'agent', seq: number): ConversationState {
  const { conversation } = state;
  if (!conversation || seq <= conversation.read[role]) return state;
  return { ...state, conversation: { ...conversation, read: { ...conversation.read, [role]: seq } } };
}

/** A state of the conversation: an older `rev` is ignored, and read marks only ever go forward. */
function merge(state: ConversationState, incoming: Conversation): ConversationState {
  const held = state.conversation;
  if (!held || held.id !== incoming.id) return { ...state, conversation: incoming };
  const read = {
    visitor: Math.max(held.read.visitor, incoming.read.visitor),
    agent: Math.max(held.read.agent, incoming.read.agent),
  };
  return { ...state, conversation: { ...(incoming.rev < held.rev ? held : incoming), read } };
}

function prepend(
  state: ConversationState,
  before: number,
  page: readonly Message[],
  more: boolean,
): ConversationState {
  const first = state.messages[0];
  // An answer to a question from before a reset or a gap: it no longer fits on what is held.
  if (!first || before !== first.seq)
    return state.older === 'loading' ? { ...state, older: 'available' } : state;
  const tail = contiguousTail(page.filter(({ seq }) => seq < before));
  const fits = tail.at(-1)?.seq === before - 1;
  const messages = fits ? [...tail, ...state.messages] : state.messages;
  const rest = more || (messages[0]?.seq ?? 1) > 1;
  return { ...state, messages, older: page.length && rest ? 'available' : 'none' };
}

function refused(
  state: ConversationState,
  frame: Extract<RoomFrame, { t: 'error' }>,
  context: StepContext,
): Step {
  const { code, message, ref, retryAfterMs } = frame;
  if (code === 'unsupported_version') return { state, effects: [{ do: 'outdated' }] };
  const refusal: Refusal = {
    code,
    message,
    ...(retryAfterMs ? { retryAt: context.now + retryAfterMs } : {}),
  };
  if (ref) {
    return {
      state,
      effects: [{ do: 'refuse', id: ref, refusal, ...(retryAfterMs ? { retryAfterMs } : {}) }],
    };
  }
  // `history` has no id of its own: while a page is asked for, the refusal is about it.
  if (state.older === 'loading') {
    return only({ ...state, older: code === 'unavailable' ? 'unavailable' : 'available' });
  }
  return { state, effects: [{ do: 'notice', refusal }] };
}

function presenceOf({ visitor, agent }: Conversation): ConversationSnapshot['presence'] {
  return {
    visitor: visitor.online,
    agents: agent?.online ? [{ id: agent.id, role: 'agent', name: agent.name }] : [],
  };
}

/** The longest run without a gap at the end: what may be shown of a page that should have none. */
function contiguousTail(page: readonly Message[]): readonly Message[] {
  let start = page.length - 1;
  while (start > 0 && page[start - 1]?.seq === (page[start]?.seq ?? 0) - 1) start -= 1;
  return page.slice(Math.max(start, 0));
}
