import { type FSWatcher, watch } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';

/**
 * Calls `changed` after something below one of `folders` was edited, once for edits that come together.
 * `changed` never runs twice at a time; edits that come while it runs call it again afterwards.
 * Resolves when the watching has begun, with a function that ends it and waits for a run under way.
 *
 * Every folder has a watcher of its own: Node's recursive one loses a file on Linux that an editor replaced by
 * renaming a new one over it.
 */
export async function watchFolders(
  folders: readonly string[],
  changed: () => Promise<void>,
): Promise<() => Promise<void>> {
  const watchers = new Map<string, FSWatcher>();
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let again = false;
  let ended = false;

  const add = async (folder: string): Promise<void> => {
    if (ended) return;
    if (!watchers.has(folder)) {
      try {
        const watcher = watch(folder, () => {
          clearTimeout(timer);
          timer = setTimeout(run, 100);
        });
        // A folder that was deleted, mostly; if it comes back, so does its watcher.
        const forget = () => {
          watcher.close();
          watchers.delete(folder);
        };
        watcher.on('error', forget);
        watchers.set(folder, watcher);
      } catch {
        return;
      }
    }
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => null);
    if (entries === null) {
      watchers.get(folder)?.close();
      watchers.delete(folder);
      return;
    }
    await Promise.all(
      entries.filter((entry) => entry.isDirectory()).map((entry) => add(path.join(folder, entry.name))),
    );
  };
  const addAll = () => Promise.all(folders.map(add));

  const run = () => {
    if (ended) return;
    if (running) {
      again = true;
      return;
    }
    // New folders first, so that nothing written into them from now on is missed.
    running = addAll()
      .then(changed)
      .finally(() => {
        running = undefined;
        if (again) {
          again = false;
          run();
        }
      });
  };

  await addAll();
  return async () => {
    ended = true;
    clearTimeout(timer);
    for (const watcher of watchers.values()) watcher.close();
    await running;
  };
}
