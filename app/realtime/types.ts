import type { ErrorCode } from '../protocol/codes.ts';
import type { Agent, Conversation, ConversationSummary, Message, Participant } from '../protocol/model.ts';

/** What the person is told about the line. Only `online` means that frames flow. */
export type Connection =
  /** Nothing to connect to yet. */
  | 'idle'
  | 'connecting'
  | 'online'
  /** Was online, coming back by itself. */
  | 'reconnecting'
  /** The browser says there is no network. */
  | 'offline'
  /** Auth said no: sign in again. */
  | 'signed_out'
  /** Known, but not allowed here (any more). */
  | 'forbidden'
  | 'not_found'
  /** This page is older than the room understands: reload. */
  | 'outdated';

/** Why a message was not taken. `code` is the room's, or `network` where nobody answered. */
export interface Refusal {
  code: ErrorCode | 'network';
  message: string;
  /** When trying again makes sense, in milliseconds of the local clock since the epoch. */
  retryAt?: number;
}

/** A message on its way. Kept in IndexedDB until it is acked or discarded by the person. */
export interface PendingMessage {
  /** Client id (UUID). */
  id: string;
  text: string;
  /** Local clock, milliseconds; for showing only. */
  writtenAt: number;
  state: 'sending' | 'failed';
  refusal?: Refusal;
}

/** Everything a chat screen shows. Immutable: a new object whenever something changed. */
export interface ConversationSnapshot {
  connection: Connection;
  /** null until the first welcome, or while there is no conversation yet. */
  conversation: Conversation | null;
  you: Participant | null;
  /** By seq, without a gap. */
  messages: readonly Message[];
  /** Own messages not yet acked, in the order they were written; shown after `messages`. */
  pending: readonly PendingMessage[];
  /** Others who are typing now. */
  typing: readonly Participant[];
  presence: { visitor: boolean; agents: readonly Participant[] };
  older: 'none' | 'available' | 'loading' | 'unavailable';
  /** The newest thing the person has to be told, if any (rate limit, closed …); cleared by the next success. */
  notice: Refusal | null;
}

export interface ConversationActions {
  /** Puts the text into the outbox and sends it as soon as it can. Returns its client id. */
  send(text: string): string;
  retry(id: string): void;
  /** Gives a failed message up; returns its text so that the composer can take it back. */
  discard(id: string): string | null;
  /** Called on every keystroke; sends at most what the protocol needs. */
  typing(on: boolean): void;
  /** The person has seen everything up to `seq`. */
  read(seq: number): void;
  loadOlder(): void;
}

export interface LobbySnapshot {
  connection: Connection;
  conversations: readonly ConversationSummary[];
  agents: readonly Agent[];
}
