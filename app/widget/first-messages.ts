import type { PendingMessage } from '../realtime/types.ts';
import type { Keep } from './keep.ts';

/** What was written before there is a conversation. Survives a reload; ids stay the same through every retry. */
export interface FirstMessages {
  /** On their way, oldest first. */
  queue(): readonly PendingMessage[];
  add(text: string): void;
  /** Couldn't be sent: gives the text back for the composer and remembers the ids in case it is sent unchanged. */
  giveBack(): string;
  /** Takes a text that was given back unchanged on its way again, with its ids. False when it isn't that text. */
  takeAgain(text: string): boolean;
  clear(): void;
}

interface Kept {
  queue: PendingMessage[];
  returned: boolean;
}

export function createFirstMessages(keep: Keep, uuid: () => string, now: () => number): FirstMessages {
  let { queue, returned } = read(keep);

  function write(): void {
    keep.set('first', queue.length ? JSON.stringify({ queue, returned } satisfies Kept) : null);
  }
  const joined = () => queue.map(({ text }) => text).join('\n');

  return {
    queue: () => (returned ? [] : queue),
    add(text) {
      if (returned) queue = [];
      returned = false;
      queue = [...queue, { id: uuid(), text, writtenAt: now(), state: 'sending' }];
      write();
    },
    giveBack() {
      returned = true;
      write();
      return joined();
    },
    takeAgain(text) {
      if (!returned || !queue.length || joined() !== text) return false;
      returned = false;
      write();
      return true;
    },
    clear() {
      queue = [];
      returned = false;
      write();
    },
  };
}

function read(keep: Keep): Kept {
  try {
    const kept = JSON.parse(keep.get('first') ?? '') as Kept;
    if (Array.isArray(kept.queue)) return kept;
  } catch {
    // Nothing kept, or by a version we no longer read.
  }
  return { queue: [], returned: false };
}
