import type { ParticipantRole } from '../protocol/model.ts';
import type { ConversationSnapshot } from './types.ts';

/**
 * The other people's messages after this side's read mark. Counted from what is held, since the room says its count
 * only when state changes; the room's own count serves where the mark lies before what is held.
 */
export function unreadFor(snapshot: ConversationSnapshot, role: ParticipantRole): number {
  const { conversation, messages } = snapshot;
  if (!conversation) return 0;
  const mark = conversation.read[role];
  const first = messages[0]?.seq ?? 1;
  const held = messages.filter(
    ({ seq, senderRole }) => seq > mark && senderRole !== role && senderRole !== 'system',
  ).length;
  return first > mark + 1 ? Math.max(held, conversation.unread[role]) : held;
}
