import { outboxScope } from '../realtime/outbox-scope.ts';
import type { ConversationClient, OutboxStorage, PendingMessage } from '../realtime/types.ts';

/** What a guest had on its way in a conversation that now is an account's. */
export interface Moving {
  conversationId: string;
  pending: readonly PendingMessage[];
}

/**
 * Takes a guest's unsent messages out of their outbox, so that they can go on in the account's under the same ids:
 * the room knows those under either name, and takes each once.
 */
export function packUp(
  client: ConversationClient,
  conversationId: string,
  guestId: string,
  storage: OutboxStorage,
): Moving {
  const { pending } = client.getSnapshot();
  client.close();
  const scope = outboxScope(guestId, conversationId);
  // Where the browser refuses its storage there is nothing to take out of it.
  for (const { id } of pending) void storage.remove(scope, id).catch(() => {});
  return { conversationId, pending };
}
