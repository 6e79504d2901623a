import { useEffect, useState } from 'react';
import type { Agent, ConversationSummary } from '../protocol/model.ts';
import type { Connection } from '../realtime/types.ts';
import { socketUrl } from '../realtime/url.ts';
import { useLobby, useLobbyClient } from '../realtime/use-lobby.ts';
import { refreshSession } from './session-refresh.ts';

export interface LiveQueue {
  conversations: readonly ConversationSummary[];
  agents: readonly Agent[];
  connection: Connection;
  /** False while the list is still the one the page came with. */
  live: boolean;
  reconnect: () => void;
}

/**
 * The queue: what the page was rendered with until the lobby has spoken, from then on the lobby's, which also keeps
 * its last word while the line is down.
 */
export function useLiveQueue(rendered: readonly ConversationSummary[]): LiveQueue {
  const client = useLobbyClient({ url: socketUrl('/lobby'), refreshSession: () => refreshSession() });
  const { conversations, agents, connection } = useLobby(client);
  const [live, setLive] = useState(false);
  useEffect(() => {
    if (connection === 'online') setLive(true);
  }, [connection]);
  return {
    conversations: live || connection === 'online' ? conversations : rendered,
    agents,
    connection,
    live,
    reconnect: () => client?.reconnect(),
  };
}
