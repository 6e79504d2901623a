import type { ConversationContext } from '../../app/protocol/context.ts';
import type { ConversationStatus, Message, ReadMarks, SystemEvent } from '../../app/protocol/model.ts';

/** A message as the room's log holds it. Times are milliseconds since the epoch, the room's clock. */
export interface LogRow {
  seq: number;
  id: string;
  senderId: string;
  senderRole: Message['senderRole'];
  senderName: string;
  clientId: string;
  kind: Message['kind'];
  text: string | null;
  event: SystemEvent | null;
  at: number;
}

/** Who a conversation's agent is, as the visitor sees them. */
export interface AssignedAgent {
  id: string;
  name: string;
  avatarUrl: string | null;
}

/** Everything about a conversation that is not a message. Changes only with a rising `rev`. */
export interface RoomState {
  conversationId: string;
  /** Which life of the room this is; Postgres takes writes of the newest only. */
  epoch: number;
  rev: number;
  status: ConversationStatus;
  subject: string | null;
  category: string | null;
  tags: string[];
  metadata: ConversationContext;
  visitor: { id: string; name: string | null; isAnonymous: boolean };
  /** Guests it belonged to before it came along into the visitor's account: their messages dedupe for ever. */
  formerVisitors?: string[];
  agent: AssignedAgent | null;
  /** Newest seq each side has seen. */
  read: ReadMarks;
  createdAt: number;
  closedAt: number | null;
  firstResponseAt: number | null;
  /** When `rev` last rose: since when Postgres may be behind. */
  changedAt: number;
}

/** The part of the state that Postgres keeps. */
export interface StatePatch {
  rev: number;
  status: ConversationStatus;
  agentId: string | null;
  subject: string | null;
  category: string | null;
  visitorReadSeq: number;
  agentReadSeq: number;
  firstResponseAt: string | null;
  closedAt: string | null;
}

/** What a room hands to its lane: a contiguous run of its log and, if it changed, its state. */
export interface IngestPart {
  conversationId: string;
  epoch: number;
  /** How many messages there are, and the newest's seq; 0 and null when only the state has changed. */
  rows: number;
  lastSeq: number | null;
  /** The messages as a JSON array, in text: nobody between the log and Postgres has to read them. */
  messages: string;
  state: StatePatch | null;
}

export type IngestRefusal =
  /** No such conversation any more: the room erases itself. */
  | 'gone'
  /** Another life of this room has taken over. */
  | 'stale_epoch'
  /** Rows are missing before these: `head` says from where to send again. */
  | 'gap'
  /** Postgres holds something else under one of these seqs. */
  | 'differs'
  /** Postgres refused a row. */
  | 'refused'
  /** Nobody answered; nothing is known. */
  | 'unavailable';

export type IngestOutcome = { ok: true; head: number } | { ok: false; code: IngestRefusal; head?: number };
