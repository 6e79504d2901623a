import { backoff } from './backoff.ts';
import { createOutboxLock } from './outbox-lock.ts';
import { outboxTabs } from './outbox-tabs.ts';
import { TIMING } from './timing.ts';
import type { PendingMessage, RealtimeEnvironment, Refusal, StoredMessage } from './types.ts';

/** A storage that says nothing for so long is treated as refused: the message goes on in memory. */
const STORAGE_TIMEOUT_MS = 1_000;

export interface OutboxOptions {
  /** Whose messages and for which conversation; see `outboxScope`. */
  scope: string;
  environment: Pick<
    RealtimeEnvironment,
    'now' | 'random' | 'newClientId' | 'storage' | 'locks' | 'channel' | 'timing'
  >;
  /** Puts one message on the wire; false when there is no line. The answer comes by `settle` or `refuse`. */
  transmit(message: PendingMessage): boolean;
  onChange(pending: readonly PendingMessage[]): void;
}

export interface Outbox {
  pending(): readonly PendingMessage[];
  get(id: string): PendingMessage | undefined;
  /** Adds a message and returns its client id: a new one, or `id` where it was promised before. */
  add(text: string, id?: string): string;
  retry(id: string): void;
  /** Gives a message up; returns its text. */
  discard(id: string): string | null;
  /** The line is up and what the room already has is settled: go on. */
  up(): void;
  down(): void;
  /** The room has it. */
  settle(id: string): void;
  refuse(id: string, refusal: Refusal, retryAfterMs?: number): void;
  /** What was sent last was too big for the line: it must not be sent again. */
  refuseInFlight(refusal: Refusal): void;
  close(): void;
}

/** An entry without an order isn't stored yet (or never will be: `volatile`). */
type Entry = PendingMessage & { order?: number; volatile?: boolean };

/**
 * Messages on their way. One at a time is on the wire, and the next one only after the answer: so that a refusal
 * holds everything behind it, and one person's messages keep their order through whatever happens.
 */
export function createOutbox(options: OutboxOptions): Outbox {
  const { scope, environment, transmit } = options;
  const { storage } = environment;
  const timing = { ...TIMING, ...environment.timing };
  let entries: readonly Entry[] = [];
  let isUp = false;
  let inFlight: string | null = null;
  let held = false;
  let failures = 0;
  let closed = false;
  let holdTimer: ReturnType<typeof setTimeout> | undefined;
  let answerTimer: ReturnType<typeof setTimeout> | undefined;
  let lookTimer: ReturnType<typeof setTimeout> | undefined;
  let loaded = false;
  let storageRefused = false;
  /** Arrived or given up in this tab's life: what was read before must not bring it back. */
  const gone = new Set<string>();

  const lock = createOutboxLock(scope, environment.locks, () => void load(), timing.patience);
  const tabs = outboxTabs(scope, environment, {
    coming() {
      clearTimeout(lookTimer);
      lookTimer = setTimeout(() => void load(), STORAGE_TIMEOUT_MS);
    },
    // Storage is asked, not the note believed: before this one there may be others whose tab died without a word.
    added: (entry) => void load().then(() => merge([entry])),
    updated: (entry) => set(entries.map((held) => (held.id === entry.id ? entry : held))),
    gone: (id) => forget(id),
  });

  function set(next: readonly Entry[]): void {
    if (closed) return;
    // What storage numbered comes first and by number: so every tab drains in the same order.
    entries = [...next].sort((a, b) => (a.order ?? Infinity) - (b.order ?? Infinity) || 0);
    options.onChange(entries);
    pump();
  }

  function patch(id: string, change: Partial<Entry>): void {
    const found = entries.find((entry) => entry.id === id);
    if (!found) return;
    const { refusal: _, ...rest } = found;
    const entry: Entry = { ...rest, ...change };
    if (isStored(entry)) {
      const stored = { ...entry, scope };
      storage.update(stored).catch(ignored);
      tabs.updated(stored);
    }
    set(entries.map((held) => (held.id === id ? entry : held)));
  }

  /** Reads what other tabs and earlier lives of this one left. Where storage is refused it goes on in memory. */
  async function load(): Promise<void> {
    const stored = await within(storage.load(scope), STORAGE_TIMEOUT_MS).catch(() => []);
    loaded = true;
    merge(stored);
    pump();
  }

  /** Takes in what isn't known yet; what is known here is as new as what is stored. */
  function merge(stored: readonly StoredMessage[]): void {
    const known = new Set(entries.map(({ id }) => id));
    const found = stored.filter(({ id }) => !known.has(id) && !gone.has(id));
    if (found.length > 0) set([...entries, ...found]);
  }

  async function store(entry: Entry): Promise<void> {
    const { id, text, writtenAt, state } = entry;
    let change: Partial<Entry> = { volatile: true };
    try {
      // Once refused, always refused: what came later must not overtake what is only in memory.
      if (!storageRefused) {
        tabs.coming();
        change = {
          order: await within(storage.add(scope, { id, text, writtenAt, state }), STORAGE_TIMEOUT_MS),
        };
      }
    } catch {
      storageRefused = true;
    }
    const found = entries.find((held) => held.id === id);
    // Given up while it was being written.
    if (!found) {
      storage.remove(scope, id).catch(ignored);
      return;
    }
    const kept = { ...found, ...change };
    if (isStored(kept)) tabs.added({ ...kept, scope });
    set(entries.map((held) => (held.id === id ? kept : held)));
  }

  // One write after the other: the order of the store is the order of writing.
  let writes = Promise.resolve();

  function forget(id: string): void {
    gone.add(id);
    if (inFlight === id) free();
    set(entries.filter((entry) => entry.id !== id));
  }

  function free(): void {
    inFlight = null;
    clearTimeout(answerTimer);
  }

  function hold(ms: number): void {
    held = true;
    clearTimeout(holdTimer);
    holdTimer = setTimeout(() => {
      held = false;
      pump();
    }, ms);
  }

  function pump(): void {
    if (closed || !isUp || !loaded || held || inFlight) return;
    const next = entries.find(({ state }) => state === 'sending');
    if (!next || (next.order === undefined && !next.volatile)) return;
    if (!lock.mine(() => pump())) return;
    inFlight = next.id;
    if (!transmit(next)) {
      free();
      return;
    }
    answerTimer = setTimeout(() => {
      free();
      pump();
    }, timing.answer);
  }

  function add(text: string, id = environment.newClientId()): string {
    if (entries.some((entry) => entry.id === id)) return id;
    const entry: Entry = { id, text, writtenAt: environment.now(), state: 'sending' };
    set([...entries, entry]);
    writes = writes.then(() => store(entry));
    return id;
  }

  function remove(id: string): string | null {
    const found = entries.find((entry) => entry.id === id);
    if (!found) return null;
    storage.remove(scope, id).catch(ignored);
    tabs.gone(id);
    forget(id);
    return found.text;
  }

  function refuse(id: string, refusal: Refusal, retryAfterMs?: number): void {
    if (inFlight === id) free();
    if (refusal.code !== 'rate_limited' && refusal.code !== 'unavailable') {
      patch(id, { state: 'failed', refusal });
      return;
    }
    hold(retryAfterMs ?? backoff(failures, environment.random));
    failures += 1;
    patch(id, { refusal });
  }

  void load();
  return {
    pending: () => entries,
    get: (id) => entries.find((entry) => entry.id === id),
    add,
    retry(id) {
      const found = entries.find((entry) => entry.id === id);
      if (found?.state !== 'failed') return;
      if (found.refusal?.code !== 'conflict') {
        patch(id, { state: 'sending' });
        return;
      }
      // The room holds something else under this id for ever: only a new one can get through.
      remove(id);
      add(found.text);
    },
    discard: remove,
    up() {
      isUp = true;
      free();
      pump();
    },
    down() {
      isUp = false;
      free();
    },
    settle(id) {
      failures = 0;
      remove(id);
    },
    refuse,
    refuseInFlight(refusal) {
      if (inFlight) refuse(inFlight, refusal);
    },
    close() {
      closed = true;
      clearTimeout(holdTimer);
      clearTimeout(lookTimer);
      free();
      lock.close();
      tabs.close();
    },
  };
}

function isStored(entry: Entry): entry is Entry & { order: number } {
  return entry.order !== undefined;
}

/** Storage that fails takes nothing with it: the entry lives on in memory. */
function ignored(): void {}

function within<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('late')), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
