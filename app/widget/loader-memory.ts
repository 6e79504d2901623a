const KEY = 'wellchina-chat';

/** What the host page's browser remembers, and only ever after the visitor did something. */
export interface Memory {
  /** The panel was left open. */
  open: boolean;
  /** There is a guest on this site. */
  known: boolean;
  /** Their conversation is open: connect in the background, so that the badge counts. */
  live: boolean;
}

const NOTHING: Memory = { open: false, known: false, live: false };

/** What is remembered; nothing where the browser refuses storage. */
export function recall(): Memory {
  try {
    return { ...NOTHING, ...(JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Memory>) };
  } catch {
    return NOTHING;
  }
}

export function remember(change: Partial<Memory>): void {
  try {
    localStorage.setItem(KEY, JSON.stringify({ ...recall(), ...change }));
  } catch {
    // The widget works all the same, it only starts closed.
  }
}
