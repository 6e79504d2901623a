import { useCallback, useEffect, useState } from 'react';
import type { ConversationContext } from '../protocol/context.ts';

const KINDS = ['plans', 'procedures', 'hospitals', 'cities'] as const;
export type SavedKind = (typeof KINDS)[number];
export type Saved = NonNullable<ConversationContext['saved']>;

const KEY = 'wellchina-saved';
const CHANGED = 'wellchina-saved-changed';

/** Puts a name into the list of its kind, or takes it out where it is there already. */
export function toggleSaved(saved: Saved, kind: SavedKind, name: string): Saved {
  const names = saved[kind] ?? [];
  return {
    ...saved,
    [kind]: names.includes(name) ? names.filter((other) => other !== name) : [...names, name],
  };
}

/**
 * What was stored, or nothing where it is missing, broken or of another time. By hand, since the site's pages carry
 * no zod; the Worker checks the context again before anybody believes it.
 */
export function parseSaved(stored: string | null): Saved {
  let held: unknown;
  try {
    held = JSON.parse(stored ?? '{}');
  } catch {
    return {};
  }
  const saved: Saved = {};
  if (typeof held !== 'object' || held === null) return saved;
  for (const kind of KINDS) {
    const names: unknown = (held as Record<string, unknown>)[kind];
    if (Array.isArray(names)) saved[kind] = names.filter((name) => typeof name === 'string').slice(0, 50);
  }
  return saved;
}

/** What the visitor saved on this device, in every place of the page at once. Empty on the server. */
export function useSavedItems() {
  const [saved, setSaved] = useState<Saved>({});
  useEffect(() => {
    const read = () => setSaved(parseSaved(readStorage()));
    read();
    addEventListener(CHANGED, read);
    addEventListener('storage', read);
    return () => {
      removeEventListener(CHANGED, read);
      removeEventListener('storage', read);
    };
  }, []);
  const toggle = useCallback((kind: SavedKind, name: string) => {
    const next = toggleSaved(parseSaved(readStorage()), kind, name);
    try {
      localStorage.setItem(KEY, JSON.stringify(next));
    } catch {
      // Without storage nothing can be saved; the page works all the same.
    }
    dispatchEvent(new Event(CHANGED));
  }, []);
  return { saved, toggle };
}

function readStorage(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}
