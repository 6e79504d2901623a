import type { ConversationSummary } from '../protocol/model.ts';
import type { ConversationClient, PendingMessage } from '../realtime/types.ts';
import type { Person } from './session.ts';

/** What stands between the visitor and the chat, apart from the room's own connection. */
export interface ChatProblem {
  kind: 'unavailable' | 'network' | 'refused' | 'signed_out';
  /** The server's sentence, where it has one. */
  detail: string;
  /** Local clock, milliseconds; null when it isn't tried again by itself. */
  retryAt: number | null;
}

/** Everything the panel shows besides what the room's client holds. Immutable. */
export interface ChatState {
  /** Who is here; null until that is known, or while nobody needs to be anybody. */
  person: Person | null;
  /** The host page says that somebody else may be here: nothing is shown until it is known who. */
  veiled: boolean;
  phase: /** No conversation yet: a greeting. */
    | 'fresh'
    /** Somebody who was here before: looking for their conversation. */
    | 'loading'
    /** A registered person's conversations. `client` is the open one's, if there is one. */
    | 'list'
    | 'room';
  client: ConversationClient | null;
  /** A registered person's conversations, newest first, as far as they have been asked for. */
  conversations: readonly ConversationSummary[];
  /** Where the next page of them begins; null when there is none. */
  next: string | null;
  /** Written before there was a conversation, on their way into a new one. */
  starting: readonly PendingMessage[];
  problem: ChatProblem | null;
  draft: string;
  /** The draft came back because the conversation closed before it got through. */
  kept: boolean;
  /** Address of a guest who has asked for an account and has not yet opened the mail's link. */
  confirming: string | null;
}

export const FRESH: ChatState = {
  person: null,
  veiled: false,
  phase: 'fresh',
  client: null,
  conversations: [],
  next: null,
  starting: [],
  problem: null,
  draft: '',
  kept: false,
  confirming: null,
};

/** Somebody with an account: their conversations are listed, and nobody prompts them to sign up. */
export function isRegistered(state: Pick<ChatState, 'person'>): boolean {
  return state.person !== null && !state.person.isAnonymous;
}
