import type { ConversationSummary } from '../protocol/model.ts';

/**
 * Who joined the queue since it was last looked at.
 *
 * @param known ids of everything seen before, in whatever status; null on the first look, when nobody is news
 */
export function arrivals(
  known: ReadonlySet<string> | null,
  conversations: readonly ConversationSummary[],
): ConversationSummary[] {
  if (!known) return [];
  return conversations.filter(({ id, status }) => status === 'waiting' && !known.has(id));
}
