import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { createConversationClient } from './conversation-client.ts';
import { EMPTY_CONVERSATION } from './empty.ts';
import type { ConversationClient, ConversationClientOptions, ConversationSnapshot } from './types.ts';

const nothing = () => () => {};

/** What a conversation's client holds now; re-renders on every change. Null and the server get the empty snapshot. */
export function useConversation(client: ConversationClient | null): ConversationSnapshot {
  return useSyncExternalStore(
    client?.subscribe ?? nothing,
    client?.getSnapshot ?? (() => EMPTY_CONVERSATION),
    () => EMPTY_CONVERSATION,
  );
}

/**
 * Keeps one client open while the component is mounted, a new one whenever conversation or person changes.
 * Null before the first effect, on the server and while `options` is null.
 */
export function useConversationClient(options: ConversationClientOptions | null): ConversationClient | null {
  const [client, setClient] = useState<ConversationClient | null>(null);
  const latest = useRef(options);
  latest.current = options;
  const key = options && `${options.personId}/${options.conversationId}`;
  useEffect(() => {
    const current = key && latest.current;
    if (!current) return;
    const opened = createConversationClient({
      ...current,
      // Read through the ref, so that a caller may pass a new closure on every render.
      credentials: (reason) => (latest.current ?? current).credentials(reason),
    });
    setClient(opened);
    return () => {
      opened.close();
      setClient(null);
    };
  }, [key]);
  return client;
}
