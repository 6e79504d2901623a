const PREFIX = 'wellchina-';

/** The frame's own small storage; lives in memory where the browser refuses it. */
export interface Keep {
  get(key: 'refresh' | 'known' | 'first'): string | null;
  set(key: 'refresh' | 'known' | 'first', value: string | null): void;
}

export function createKeep(storage: () => Storage): Keep {
  const memory = new Map<string, string>();
  return {
    get(key) {
      try {
        return storage().getItem(PREFIX + key) ?? memory.get(key) ?? null;
      } catch {
        return memory.get(key) ?? null;
      }
    },
    set(key, value) {
      if (value === null) memory.delete(key);
      else memory.set(key, value);
      try {
        if (value === null) storage().removeItem(PREFIX + key);
        else storage().setItem(PREFIX + key, value);
      } catch {
        // In memory it is.
      }
    },
  };
}
