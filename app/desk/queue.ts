import type { ConversationSummary } from '../protocol/model.ts';

/** Which conversations the list shows. */
export const QUEUE_FILTERS = ['all', 'mine', 'waiting'] as const;
export type QueueFilter = (typeof QUEUE_FILTERS)[number];

export interface Queue {
  /** Oldest first: who has waited longest is answered first. */
  waiting: readonly ConversationSummary[];
  /** One's own first, then the newest activity first. */
  active: readonly ConversationSummary[];
}

/** Splits the open conversations into what waits and what is being talked; closed ones are in neither. */
export function groupQueue(
  conversations: readonly ConversationSummary[],
  me: string,
  filter: QueueFilter = 'all',
): Queue {
  const waiting = conversations.filter(({ status }) => status === 'waiting');
  const active = conversations.filter(({ status }) => status === 'active');
  return {
    waiting: filter === 'mine' ? [] : waiting.toSorted(byWaitingTime),
    active:
      filter === 'waiting'
        ? []
        : active
            .filter((conversation) => filter === 'all' || isMine(conversation, me))
            .toSorted((a, b) => Number(isMine(b, me)) - Number(isMine(a, me)) || byNewestActivity(a, b)),
  };
}

/** How many conversations each filter would show. */
export function countQueue(
  conversations: readonly ConversationSummary[],
  me: string,
): Record<QueueFilter, number> {
  const { waiting, active } = groupQueue(conversations, me);
  return {
    all: waiting.length + active.length,
    mine: active.filter((conversation) => isMine(conversation, me)).length,
    waiting: waiting.length,
  };
}

/** Whether this agent has it. */
export function isMine(conversation: Pick<ConversationSummary, 'agent'>, me: string): boolean {
  return conversation.agent?.id === me;
}

/**
 * Messages of visitors this agent should look at: in their own conversations, and in those nobody has yet.
 * What another agent is answering is not theirs to count.
 */
export function unreadFor(conversation: ConversationSummary, me: string): number {
  if (conversation.status === 'closed') return 0;
  if (conversation.status === 'active' && !isMine(conversation, me)) return 0;
  return conversation.unread.agent;
}

/** What the open conversation's own room says is unread: it knows a moment before the lobby does. */
export interface OpenUnread {
  id: string;
  count: number;
}

/** The list with the open conversation's unread as its room has it, so that what one is reading raises no badge. */
export function withOpenUnread(
  conversations: readonly ConversationSummary[],
  open: OpenUnread | null,
): readonly ConversationSummary[] {
  if (!open) return conversations;
  return conversations.map((conversation) =>
    conversation.id === open.id
      ? { ...conversation, unread: { ...conversation.unread, agent: open.count } }
      : conversation,
  );
}

/** The number for the tab's title. */
export function totalUnread(conversations: readonly ConversationSummary[], me: string): number {
  return conversations.reduce((sum, conversation) => sum + unreadFor(conversation, me), 0);
}

/** The tab's title: `(3) Guest #b834…9ef6 · WellChina Desk`. */
export function deskTitle(unread: number, heading: string | null): string {
  return [unread > 0 ? `(${unread}) ` : '', heading ? `${heading} · ` : '', 'WellChina Desk'].join('');
}

/** When something last happened in it: the newest message, else its beginning. ISO 8601. */
export function lastActivity(conversation: ConversationSummary): string {
  return conversation.lastMessage?.at ?? conversation.createdAt;
}

function byWaitingTime(a: ConversationSummary, b: ConversationSummary): number {
  return Date.parse(a.createdAt) - Date.parse(b.createdAt) || compare(a.id, b.id);
}

function byNewestActivity(a: ConversationSummary, b: ConversationSummary): number {
  return Date.parse(lastActivity(b)) - Date.parse(lastActivity(a)) || compare(a.id, b.id);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
