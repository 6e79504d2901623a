import { browserEnvironment } from './browser-environment.ts';
import { decodeLobbyFrame } from './decode.ts';
import { EMPTY_LOBBY } from './empty.ts';
import { applyLobbyFrame, type LobbyState } from './lobby-reducer.ts';
import { createSocket } from './socket.ts';
import type { LobbyClient, LobbyClientOptions, LobbySnapshot } from './types.ts';

/** Opens the lobby: the queue and the agents, live. Connects at once and comes back by itself until `close`. */
export function createLobbyClient(options: LobbyClientOptions): LobbyClient {
  const environment = { ...browserEnvironment(), ...options.environment };
  const listeners = new Set<() => void>();
  let state: LobbyState = EMPTY_LOBBY;
  let snapshot: LobbySnapshot | null = null;
  let closed = false;

  const socket = createSocket({
    url: options.url,
    environment,
    async credentials(reason) {
      return reason === 'connect' || (await options.refreshSession()) ? {} : null;
    },
    onOpen() {},
    onFrame(data) {
      const frame = decodeLobbyFrame(data);
      if (!frame) return;
      state = applyLobbyFrame(state, frame);
      // The queue is what the lobby says first, and all there is to know.
      if (frame.t === 'queue') socket.ready();
      changed();
    },
    onDown() {},
    onConnection: () => changed(),
  });

  function changed(): void {
    if (closed) return;
    snapshot = null;
    for (const listener of listeners) listener();
  }

  return {
    getSnapshot() {
      snapshot ??= { ...state, connection: socket.connection() };
      return snapshot;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    reconnect: socket.reconnect,
    close() {
      closed = true;
      socket.close();
    },
  };
}
