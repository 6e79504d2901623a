import type { ConversationClient } from '../realtime/types.ts';
import { unreadFor } from '../realtime/unread.ts';
import type { FromPanel } from './messages.ts';

/** Tells the host page what it may want to know of a room: the badge's count, new messages, whether it is open. */
export function reportRoom(client: ConversationClient, post: (body: FromPanel) => void): () => void {
  let unread = -1;
  let live: boolean | null = null;
  /** Only what comes after the first look is new. */
  let newest: number | null = null;

  return client.subscribe(() => {
    const snapshot = client.getSnapshot();
    const { conversation, messages } = snapshot;
    if (!conversation) return;
    const isLive = conversation.status !== 'closed';
    if (isLive !== live) {
      live = isLive;
      post({ t: 'known', known: true, live });
    }
    const count = unreadFor(snapshot, 'visitor');
    if (count !== unread) {
      unread = count;
      post({ t: 'unread', count });
    }
    const last = messages.at(-1)?.seq ?? 0;
    if (newest !== null) {
      for (const { seq, senderRole, senderName, text, at } of messages) {
        if (seq > newest && senderRole === 'agent') post({ t: 'message', text, senderName, at });
      }
    }
    newest = Math.max(newest ?? 0, last);
  });
}
