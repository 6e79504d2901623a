import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { EMPTY_LOBBY } from './empty.ts';
import { createLobbyClient } from './lobby-client.ts';
import type { LobbyClient, LobbyClientOptions, LobbySnapshot } from './types.ts';

const nothing = () => () => {};

/** What the lobby's client holds now. Null and the server get the empty snapshot. */
export function useLobby(client: LobbyClient | null): LobbySnapshot {
  return useSyncExternalStore(
    client?.subscribe ?? nothing,
    client?.getSnapshot ?? (() => EMPTY_LOBBY),
    () => EMPTY_LOBBY,
  );
}

/** Keeps one lobby client open while mounted. Null before the first effect and on the server. */
export function useLobbyClient(options: LobbyClientOptions): LobbyClient | null {
  const [client, setClient] = useState<LobbyClient | null>(null);
  const latest = useRef(options);
  latest.current = options;
  const { url } = options;
  useEffect(() => {
    if (!url) return;
    const opened = createLobbyClient({
      ...latest.current,
      url,
      refreshSession: () => latest.current.refreshSession(),
    });
    setClient(opened);
    return () => {
      opened.close();
      setClient(null);
    };
  }, [url]);
  return client;
}
