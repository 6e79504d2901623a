import type { ConversationSummary } from '../protocol/model.ts';
import type { Connection } from '../realtime/types.ts';

/** A room nobody can write in any more from here. */
const DEAD: ReadonlySet<Connection> = new Set<Connection>(['signed_out', 'forbidden', 'not_found']);

/** Whether this room's connection is over for good. */
export function isDead(connection: Connection): boolean {
  return DEAD.has(connection);
}

/** What somebody comes back to: the open conversation, or else the newest. */
export function latest(conversations: readonly ConversationSummary[]): ConversationSummary | undefined {
  return (
    conversations.find(({ status }) => status !== 'closed') ??
    [...conversations].sort((a, b) => b.createdAt.localeCompare(a.createdAt))[0]
  );
}

/** Texts one under the other, as they go back where they were written; what is empty leaves no line. */
export function lines(...texts: readonly string[]): string {
  return texts.filter(Boolean).join('\n');
}
