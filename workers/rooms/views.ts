import type {
  Conversation,
  ConversationSummary,
  Message,
  ParticipantRole,
  ReadMarks,
} from '../../app/protocol/model.ts';
import type { LogRow, RoomState, StatePatch } from './records.ts';

/** What the parts of the system are shown of a room; pure. */

const iso = (at: number) => new Date(at).toISOString();

/** A row of the log as both sides see it. */
export function toMessage(row: LogRow): Message {
  return {
    seq: row.seq,
    id: row.id,
    clientId: row.clientId,
    senderRole: row.senderRole,
    senderId: row.senderId,
    senderName: row.senderName,
    kind: row.kind,
    text: row.text,
    ...(row.event ? { event: row.event } : {}),
    at: iso(row.at),
  };
}

/** Who is there, beyond what the state says. */
export interface Presence {
  visitorOnline: boolean;
  agentOnline: boolean;
}

/** The conversation as `reader` may see it: only agents are shown `metadata`. */
export function toConversation(
  state: RoomState,
  presence: Presence,
  unread: ReadMarks,
  reader: ParticipantRole,
): Conversation {
  return {
    id: state.conversationId,
    status: state.status,
    subject: state.subject,
    agent: state.agent && { ...state.agent, online: presence.agentOnline },
    visitor: { ...state.visitor, online: presence.visitorOnline },
    tags: state.tags,
    category: state.category,
    ...(reader === 'agent' ? { metadata: state.metadata } : {}),
    read: state.read,
    unread,
    rev: state.rev,
    createdAt: iso(state.createdAt),
    closedAt: state.closedAt === null ? null : iso(state.closedAt),
  };
}

/** What the lobby mirrors: the agents' view and the newest message. */
export function toSummary(
  state: RoomState,
  presence: Presence,
  unread: ReadMarks,
  newest: LogRow | null,
): ConversationSummary {
  return {
    ...toConversation(state, presence, unread, 'agent'),
    lastMessage: newest && {
      seq: newest.seq,
      senderRole: newest.senderRole,
      kind: newest.kind,
      text: newest.text,
      ...(newest.event ? { event: newest.event } : {}),
      at: iso(newest.at),
    },
  };
}

/** The part of the state that Postgres keeps. */
export function toPatch(state: RoomState): StatePatch {
  return {
    rev: state.rev,
    status: state.status,
    agentId: state.agent?.id ?? null,
    subject: state.subject,
    category: state.category,
    visitorReadSeq: state.read.visitor,
    agentReadSeq: state.read.agent,
    firstResponseAt: state.firstResponseAt === null ? null : iso(state.firstResponseAt),
    closedAt: state.closedAt === null ? null : iso(state.closedAt),
  };
}
