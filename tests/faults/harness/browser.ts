import { memoryStorage } from '../../../app/realtime/browser.fixture.ts';
import type { OutboxStorage, RealtimeEnvironment, TabChannel } from '../../../app/realtime/types.ts';

type Locks = NonNullable<RealtimeEnvironment['locks']>;

/** What a tab gets from its browser; all of it ends when the tab is killed. */
export interface BrowserTab {
  storage: OutboxStorage;
  locks: Locks;
  channel(name: string): TabChannel;
  /** As the browser ends a tab: locks go on, channels fall silent, storage answers nobody; what was stored stays. */
  kill(): void;
}

/** One person's browser: what several tabs share and what outlives each of them. */
export interface Browser {
  openTab(): BrowserTab;
  /** Whether storage holds this unsent message. */
  holds(clientId: string): boolean;
}

interface Claim {
  tab: object;
  grant(): void;
}

export function createBrowser(): Browser {
  const stored = memoryStorage();
  const claims = new Map<string, Claim[]>();
  const listeners = new Map<string, Map<object, (data: unknown) => void>>();

  /** Gives the lock up (or the place in the queue), and to the next. */
  function release(name: string, tab: object): void {
    const queue = claims.get(name) ?? [];
    const wasFirst = queue[0]?.tab === tab;
    const rest = queue.filter((claim) => claim.tab !== tab);
    claims.set(name, rest);
    if (wasFirst) rest[0]?.grant();
  }

  return {
    holds: (clientId) => [...stored.rows.values()].some(({ id }) => id === clientId),
    openTab() {
      const tab = {};
      let dead = false;
      const silence = new Promise<never>(() => {});
      const held = <Value>(work: () => Promise<Value>): Promise<Value> =>
        dead ? silence : later().then(() => (dead ? silence : work()));

      const request = (name: string, options: LockOptions, run: LockGrantedCallback<unknown>) => {
        if (dead) return silence;
        return new Promise((resolve, reject) => {
          const claim: Claim = {
            tab,
            grant: () => {
              if (dead) return;
              void Promise.resolve(run({ name, mode: 'exclusive' }))
                .then(resolve, reject)
                .finally(() => release(name, tab));
            },
          };
          const queue = [...(claims.get(name) ?? []), claim];
          claims.set(name, queue);
          options.signal?.addEventListener('abort', () => {
            release(name, tab);
            reject(new DOMException('aborted', 'AbortError'));
          });
          if (queue[0] === claim) void later().then(claim.grant);
        });
      };

      return {
        storage: {
          load: (scope) => held(() => stored.load(scope)),
          // Begun is done: what IndexedDB was handed survives the tab.
          add: async (scope, message) => {
            if (dead) return silence;
            const order = await stored.add(scope, message);
            return held(async () => order);
          },
          update: (message) => held(() => stored.update(message)),
          remove: (scope, id) => held(() => stored.remove(scope, id)),
          forget: (personId) => held(() => stored.forget(personId)),
        },
        locks: { request: request as Locks['request'] },
        channel(name) {
          const others = listeners.get(name) ?? new Map<object, (data: unknown) => void>();
          listeners.set(name, others);
          const end = {};
          return {
            post(data) {
              if (dead) return;
              for (const [other, listener] of others) {
                if (other !== end) setImmediate(() => others.has(other) && listener(structuredClone(data)));
              }
            },
            onMessage: (listener) => void others.set(end, (data) => !dead && listener(data)),
            close: () => void others.delete(end),
          };
        },
        kill() {
          dead = true;
          for (const name of [...claims.keys()]) release(name, tab);
        },
      };
    },
  };
}

const later = () => new Promise<void>((resolve) => setImmediate(resolve));
