import { newClientId } from './client-id.ts';
import { indexedDbStorage } from './indexed-db-storage.ts';
import type { NetworkSignals, RealtimeEnvironment, TabChannel } from './types.ts';

/** The browser's own clock, sockets, storage, locks and signals; parts that it refuses are null or rejecting. */
export function browserEnvironment(): RealtimeEnvironment {
  return {
    now: Date.now,
    random: Math.random,
    newClientId: () => newClientId(Date.now()),
    WebSocket: globalThis.WebSocket,
    storage: indexedDbStorage,
    locks: globalThis.navigator?.locks ?? null,
    channel: openChannel,
    network,
  };
}

function openChannel(name: string): TabChannel | null {
  if (typeof BroadcastChannel === 'undefined') return null;
  let channel: BroadcastChannel;
  try {
    channel = new BroadcastChannel(name);
  } catch {
    return null;
  }
  return {
    post: (data) => channel.postMessage(data),
    onMessage: (listener) => {
      channel.onmessage = ({ data }) => listener(data);
    },
    close: () => channel.close(),
  };
}

const network: NetworkSignals = {
  online: () => globalThis.navigator?.onLine !== false,
  subscribe(listener) {
    if (typeof window === 'undefined') return () => {};
    const online = () => listener('online');
    const offline = () => listener('offline');
    const visible = () => document.visibilityState === 'visible' && listener('visible');
    window.addEventListener('online', online);
    window.addEventListener('offline', offline);
    document.addEventListener('visibilitychange', visible);
    return () => {
      window.removeEventListener('online', online);
      window.removeEventListener('offline', offline);
      document.removeEventListener('visibilitychange', visible);
    };
  },
};
