import { useCallback, useEffect, useState } from 'react';
import { z } from 'zod';
import { type ConversationContext, contextSchema } from '../protocol/context.ts';

export type SavedKind = 'plans' | 'procedures' | 'hospitals' | 'cities';
export type Saved = NonNullable<ConversationContext['saved']>;

const KEY = 'wellchina-saved';
const CHANGED = 'wellchina-saved-changed';
const savedSchema = z.object({ saved: contextSchema.shape.saved });

/** Puts a name into the list of its kind, or takes it out where it is there already. */
export function toggleSaved(saved: Saved, kind: SavedKind, name: string): Saved {
  const names = saved[kind] ?? [];
  return {
    ...saved,
    [kind]: names.includes(name) ? names.filter((other) => other !== name) : [...names, name],
  };
}

/** What was stored, or nothing where it is missing, broken or of another time. */
export function parseSaved(stored: string | null): Saved {
  if (!stored) return {};
  try {
    return savedSchema.parse({ saved: JSON.parse(stored) }).saved ?? {};
  } catch {
    return {};
  }
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
