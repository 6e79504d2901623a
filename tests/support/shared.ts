import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

interface Made<T> {
  value: T;
  end: () => Promise<void>;
}

export interface Lease<T> {
  value: T;
  /** Says that one user is done; the last one ends it. May be called twice. */
  release(): Promise<void>;
}

/**
 * Something that is made once for a whole test run and ended with its last user.
 * Vitest loads a global setup once per project, each with modules of its own, so the one instance hangs on globalThis.
 */
export function shared<T>(name: string, make: () => Promise<Made<T>>): () => Promise<Lease<T>> {
  const key = Symbol.for(`wellchina-chat.tests.${name}`);
  const global = globalThis as unknown as Record<
    symbol,
    { users: number; made: Promise<Made<T>> } | undefined
  >;
  return async () => {
    const entry = global[key] ?? { users: 0, made: make() };
    global[key] = entry;
    entry.users++;
    const { value, end } = await entry.made;
    let released = false;
    const release = async () => {
      if (released) return;
      released = true;
      entry.users--;
      if (entry.users > 0) return;
      global[key] = undefined;
      await end();
    };
    return { value, release };
  };
}

/** A new folder of our own below the system's temporary folder. */
export function temporaryFolder(name: string): Promise<string> {
  return mkdtemp(path.join(tmpdir(), `wellchina-${name}-`));
}
