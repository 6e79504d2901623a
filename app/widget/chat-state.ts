import type { ConversationClient, PendingMessage } from '../realtime/types.ts';

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
  phase: /** No conversation yet: a greeting. */
    | 'fresh'
    /** Somebody who was here before: looking for their conversation. */
    | 'loading'
    | 'room';
  client: ConversationClient | null;
  /** Written before there was a conversation, on their way into a new one. */
  starting: readonly PendingMessage[];
  problem: ChatProblem | null;
  draft: string;
  /** The draft came back because the conversation closed before it got through. */
  kept: boolean;
}

export const FRESH: ChatState = {
  phase: 'fresh',
  client: null,
  starting: [],
  problem: null,
  draft: '',
  kept: false,
};
