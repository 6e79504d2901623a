import type { ErrorCode } from '../protocol/codes.ts';
import type { Agent, Conversation, ConversationSummary, Message, Participant } from '../protocol/model.ts';
import type { Timing } from './timing.ts';

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
  /**
   * Puts the text into the outbox and sends it as soon as it can. Returns its client id: a new one, or `id` where one
   * was given out before there was a conversation.
   */
  send(text: string, id?: string): string;
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

/** A live conversation: what to show and what can be done. Framework-free; `useConversation` reads it. */
export interface ConversationClient extends ConversationActions {
  getSnapshot(): ConversationSnapshot;
  /** Calls back after every change; returns how to stop. */
  subscribe(listener: () => void): () => void;
  /** Tries to connect at once instead of waiting for the next attempt. */
  reconnect(): void;
  /** Closes the socket and lets go of locks. What is unsent stays in the outbox. */
  close(): void;
}

export interface ConversationClientOptions {
  conversationId: string;
  /** Address of the room's socket, `wss://host/rooms/<id>`; see `socketUrl`. */
  url: string;
  /** Whose outbox this is: two people on one browser never see each other's unsent texts. */
  personId: string;
  credentials: CredentialsProvider;
  /** For tests; everything has the browser's own as default. */
  environment?: Partial<RealtimeEnvironment>;
}

/**
 * Asked before every attempt that has no ticket. `refused` says that what it gave last was turned away (4401), so a
 * new session is needed. Resolves to `{}` where a cookie does it, to null when Auth has definitely said no.
 * Rejects when that can't be known now (5xx, timeout): the socket tries again later and nobody is signed out.
 */
export type CredentialsProvider = (reason: 'connect' | 'refused') => Promise<{ bearer?: string } | null>;

export interface LobbyClient {
  getSnapshot(): LobbySnapshot;
  subscribe(listener: () => void): () => void;
  reconnect(): void;
  close(): void;
}

export interface LobbyClientOptions {
  /** `wss://host/lobby`; see `socketUrl`. */
  url: string;
  /** Called on 4401: true when there is a new session, false when Auth said no; rejects when it can't be known now. */
  refreshSession(): Promise<boolean>;
  environment?: Partial<RealtimeEnvironment>;
}

/** What the browser provides, injected so that tests can break it. */
export interface RealtimeEnvironment {
  /** Local clock, milliseconds since the epoch. May be wrong by a day. */
  now(): number;
  /** In [0, 1). */
  random(): number;
  /** See `newClientId`. */
  newClientId(): string;
  WebSocket: new (url: string | URL, protocols?: string | string[]) => WebSocket;
  storage: OutboxStorage;
  /** null where the browser has no Web Locks: then every tab drains, and the room's dedupe keeps it right. */
  locks: Pick<LockManager, 'request'> | null;
  /** Opens a channel between tabs, or null where there is none. */
  channel(name: string): TabChannel | null;
  network: NetworkSignals;
  /** What differs from `TIMING`. */
  timing?: Partial<Timing>;
}

export interface NetworkSignals {
  /** What the browser believes; false is a hint and never a reason not to try. */
  online(): boolean;
  /** `online`/`offline` from the browser, `visible` when the person comes back to the tab. */
  subscribe(listener: (signal: 'online' | 'offline' | 'visible') => void): () => void;
}

export interface TabChannel {
  post(data: unknown): void;
  onMessage(listener: (data: unknown) => void): void;
  close(): void;
}

/** A pending message as it lies in storage. `order` is given by the storage and only ever rises. */
export interface StoredMessage extends PendingMessage {
  scope: string;
  order: number;
}

/** Where unsent messages survive a reload. Every call may reject; the outbox then goes on in memory. */
export interface OutboxStorage {
  /** All of a scope's, in the order they were added. */
  load(scope: string): Promise<StoredMessage[]>;
  /** Adds and resolves with the order it got, once it is safe. */
  add(scope: string, message: PendingMessage): Promise<number>;
  update(message: StoredMessage): Promise<void>;
  remove(scope: string, id: string): Promise<void>;
  /** Everything of a person's, in whichever conversation. */
  forget(personId: string): Promise<void>;
}
