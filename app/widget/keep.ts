const PREFIX = 'wellchina-';

/** `first/<person>`: what they wrote before there was a conversation, under `first/` before it is known who they are. */
type Key = 'refresh' | 'known' | 'who' | 'confirming' | `first/${string}`;

/** The frame's own small storage; lives in memory where the browser refuses it. */
export interface Keep {
  get(key: Key): string | null;
  set(key: Key, value: string | null): void;
}

/** @param storage reached anew each time, since even that may be refused */
export function createKeep(storage: () => Storage): Keep {
  const refused = new Map<string, string | null>();
  return {
    get(key) {
      try {
        return refused.get(key) ?? storage().getItem(PREFIX + key);
      } catch {
        return null;
      }
    },
    set(key, value) {
      refused.delete(key);
      try {
        if (value === null) storage().removeItem(PREFIX + key);
        else storage().setItem(PREFIX + key, value);
      } catch {
        refused.set(key, value);
      }
    },
  };
}
