import type { ReactNode } from 'react';
import type { Message, Participant, ParticipantRole } from '../protocol/model.ts';
import type {
  Connection,
  ConversationActions,
  ConversationSnapshot,
  PendingMessage,
} from '../realtime/types.ts';

/** A picture or an initial in a circle; `online` adds a dot with a text for screen readers. */
export interface AvatarProps {
  name: string | null;
  url?: string | null;
  online?: boolean;
  /** Pixels; 36 unless told. */
  /** Pixels; each has its rule in chat.css, since a policy without `unsafe-inline` takes no style attribute. */
  size?: 28 | 32 | 36 | 40 | 48 | 52;
}

export interface MessageListProps {
  snapshot: ConversationSnapshot;
  /** Whose screen this is: their messages are at the end side. */
  viewer: ParticipantRole;
  actions: Pick<ConversationActions, 'retry' | 'discard' | 'read' | 'loadOlder'>;
  /** Shown when the conversation is known and has no message. */
  empty?: ReactNode;
  /** Gets the text of a message the person gave up, for instance for the composer. */
  onDiscarded?: (text: string) => void;
  /** False while the list can't be seen (a minimised panel): then nothing is marked as read. Default true. */
  visible?: boolean;
}

export interface MessageBubbleProps {
  message: Message;
  viewer: ParticipantRole;
  /** First and last of a group by the same sender in about a minute. */
  first: boolean;
  last: boolean;
  /** Own messages only. */
  status?: 'sent' | 'read';
}

export interface PendingBubbleProps {
  message: PendingMessage;
  first: boolean;
  last: boolean;
  onRetry: () => void;
  onDiscard: () => void;
}

/** Controlled, so that screens may put text in (a refused message, a canned reply). See `useDraft` for the state. */
export interface ComposerProps {
  value: string;
  onChange: (text: string) => void;
  /** Gets text that passed `textProblem`; the composer has already emptied itself. */
  onSend: (text: string) => void;
  onTyping?: (on: boolean) => void;
  disabled?: boolean;
  placeholder?: string;
  maxLength?: number;
  /** Focus on mount. */
  autoFocus?: boolean;
}

export interface TypingIndicatorProps {
  who: readonly Participant[];
}

export interface ConnectionBannerProps {
  connection: Connection;
  /** Offered while reconnecting. */
  onRetry?: () => void;
  /** Offered when signed out. */
  onSignIn?: () => void;
}
