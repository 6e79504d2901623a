import type {
  NetworkSignals,
  OutboxStorage,
  RealtimeEnvironment,
  StoredMessage,
  TabChannel,
} from './types.ts';

/** A small generator of numbers in [0, 1) that a seed decides (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** IndexedDB as the outbox sees it, shared by all tabs of one browser. */
export function memoryStorage(): OutboxStorage & { rows: Map<number, StoredMessage>; refuse: boolean } {
  const rows = new Map<number, StoredMessage>();
  let order = 0;
  const storage = {
    rows,
    refuse: false,
    async load(scope: string) {
      check();
      return [...rows.values()].filter((row) => row.scope === scope).map((row) => structuredClone(row));
    },
    async add(scope: string, message: StoredMessage | Omit<StoredMessage, 'scope' | 'order'>) {
      check();
      order += 1;
      rows.set(order, structuredClone({ ...message, scope, order }));
      return order;
    },
    async update(message: StoredMessage) {
      check();
      if (rows.has(message.order)) rows.set(message.order, structuredClone(message));
    },
    async remove(scope: string, id: string) {
      check();
      for (const [key, row] of rows) if (row.scope === scope && row.id === id) rows.delete(key);
    },
    async forget(personId: string) {
      check();
      for (const [key, row] of rows) if (row.scope.startsWith(`${personId}/`)) rows.delete(key);
    },
  };
  function check(): void {
    if (storage.refuse) throw new DOMException('refused', 'InvalidStateError');
  }
  return storage;
}

/** Web Locks, exclusive ones only. */
export function memoryLocks(): NonNullable<RealtimeEnvironment['locks']> {
  const waiting = new Map<string, Promise<unknown>>();
  const request = async (name: string, options: { signal?: AbortSignal }, run: () => Promise<unknown>) => {
    const before = waiting.get(name) ?? Promise.resolve();
    const mine = before.then(() => {
      if (options.signal?.aborted) throw new DOMException('aborted', 'AbortError');
      return run();
    });
    waiting.set(
      name,
      mine.catch(() => {}),
    );
    return mine;
  };
  return { request } as unknown as NonNullable<RealtimeEnvironment['locks']>;
}

/** BroadcastChannel between the tabs of one browser. */
export function memoryChannels(): RealtimeEnvironment['channel'] {
  const channels = new Map<string, Set<(data: unknown) => void>>();
  return (name): TabChannel => {
    const all = channels.get(name) ?? new Set();
    channels.set(name, all);
    let own: ((data: unknown) => void) | null = null;
    return {
      post(data) {
        for (const other of all)
          if (other !== own) queueMicrotask(() => all.has(other) && other(structuredClone(data)));
      },
      onMessage(listener) {
        own = listener;
        all.add(listener);
      },
      close() {
        if (own) all.delete(own);
      },
    };
  };
}

/** The browser's word about the network, said by the test. */
export function memoryNetwork(): NetworkSignals & { say(signal: 'online' | 'offline' | 'visible'): void } {
  const listeners = new Set<(signal: 'online' | 'offline' | 'visible') => void>();
  let online = true;
  return {
    online: () => online,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    say(signal) {
      if (signal !== 'visible') online = signal === 'online';
      for (const listener of listeners) listener(signal);
    },
  };
}
