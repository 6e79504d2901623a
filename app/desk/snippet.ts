import type { ConversationSummary, SystemEvent } from '../protocol/model.ts';

type LastMessage = NonNullable<ConversationSummary['lastMessage']>;

/**
 * One line about a conversation for the list: its newest message. What an agent wrote is marked, so that it's clear
 * whose turn it is; where the newest is only that somebody queued, what it is about says more.
 */
export function snippet({
  lastMessage: message,
  subject,
}: Pick<ConversationSummary, 'lastMessage' | 'subject'>): string {
  if (!message) return subject ?? 'No messages yet';
  const text = message.text?.replace(/\s+/gu, ' ').trim();
  switch (message.senderRole) {
    case 'system':
      return message.event ? eventSnippet(message.event, subject) : (text ?? '');
    case 'agent':
      return `Reply: ${text || kindSnippet(message.kind)}`;
    case 'visitor':
      return text || kindSnippet(message.kind);
    default:
      return message.senderRole satisfies never;
  }
}

function kindSnippet(kind: LastMessage['kind']): string {
  switch (kind) {
    case 'image':
      return 'Sent a picture';
    case 'file':
      return 'Sent a file';
    case 'text':
    case 'system':
      return '';
    default:
      return kind satisfies never;
  }
}

function eventSnippet({ key, params }: SystemEvent, subject: string | null): string {
  const agent = params.name ?? 'An agent';
  switch (key) {
    case 'queued':
      return subject ?? 'Joined the queue';
    case 'joined':
      return `${agent} joined the chat`;
    case 'taken_over':
      return `${agent} took over`;
    case 'transferred':
      return `Handed to ${agent}`;
    case 'closed':
      return 'Conversation closed';
    case 'reopened':
      return 'Conversation reopened';
    case 'returned':
      return `${agent} left: back in the queue`;
    default:
      return key satisfies never;
  }
}
