import type { PendingMessage } from '../realtime/types.ts';
import type { Keep } from './keep.ts';

/**
 * What was written before there is a conversation. Survives a reload; ids stay the same through every retry. One
 * person's at a time: whose is said by `own`.
 */
export interface FirstMessages {
  /** On their way, oldest first. */
  queue(): readonly PendingMessage[];
  add(text: string): void;
  /** Couldn't be sent: gives the text back for the composer and remembers the ids in case it is sent unchanged. */
  giveBack(): string;
  /** Takes a text that was given back unchanged on its way again, with its ids. False when it isn't that text. */
  takeAgain(text: string): boolean;
  clear(): void;
  /** From now on these are `person`'s: what they left here before, and with `carry` what is on its way now. */
  own(person: string, carry: boolean): void;
}

interface Kept {
  queue: PendingMessage[];
  returned: boolean;
}

const NONE: Kept = { queue: [], returned: false };

/** @param person whose, or '' while nobody has been here before */
export function createFirstMessages(
  keep: Keep,
  newClientId: () => string,
  now: () => number,
  person: string,
): FirstMessages {
  let owner = person;
  let { queue, returned } = read(keep, owner);

  function write(): void {
    keep.set(`first/${owner}`, queue.length ? JSON.stringify({ queue, returned } satisfies Kept) : null);
  }
  const joined = () => queue.map(({ text }) => text).join('\n');

  return {
    queue: () => (returned ? [] : queue),
    add(text) {
      if (returned) queue = [];
      returned = false;
      queue = [...queue, { id: newClientId(), text, writtenAt: now(), state: 'sending' }];
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
    own(next, carry) {
      if (next === owner) return;
      const carried = carry ? { queue, returned } : NONE;
      if (carry) keep.set(`first/${owner}`, null);
      owner = next;
      const theirs = read(keep, owner);
      queue = [...theirs.queue, ...carried.queue];
      returned = theirs.returned || carried.returned;
      write();
    },
  };
}

function read(keep: Keep, owner: string): Kept {
  try {
    const kept = JSON.parse(keep.get(`first/${owner}`) ?? '') as Kept;
    if (Array.isArray(kept.queue)) return kept;
  } catch {
    // Nothing kept, or by a version we no longer read.
  }
  return NONE;
}
