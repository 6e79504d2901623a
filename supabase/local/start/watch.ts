import { watch } from 'node:fs';
import path from 'node:path';

/**
 * Calls `changed` after something below one of `folders` was edited, once for edits that come together.
 * `changed` never runs twice at a time; edits that come while it runs call it again afterwards.
 * Returns a function that ends the watching and waits for a run under way.
 */
export function watchFolders(folders: readonly string[], changed: () => Promise<void>): () => Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let again = false;
  let ended = false;

  const run = () => {
    if (ended) return;
    if (running) {
      again = true;
      return;
    }
    running = changed().finally(() => {
      running = undefined;
      if (again) {
        again = false;
        run();
      }
    });
  };

  const watchers = folders.map((folder) =>
    watch(folder, { recursive: true }, (_event, name) => {
      if (name !== null && path.basename(name).startsWith('.')) return;
      clearTimeout(timer);
      timer = setTimeout(run, 100);
    }),
  );
  return async () => {
    ended = true;
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
    await running;
  };
}
