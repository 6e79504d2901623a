/** A part of the panel that hasn't come by then is asked for again: an import knows no end of its own. */
const PATIENCE_MS = 15_000;
/** So many failures in a row, and it isn't the line: the release this panel is of may be gone, and its part with it. */
const GONE_AFTER = 2;

/**
 * A room's end, loaded once; a failure is forgotten, so that the next call tries again.
 *
 * @param load asks for it: one request at most a call
 * @param renew gets the panel's newest release in place of this one; what was written is kept by the browser
 * @returns a loader that rejects when the part can't be had now, after at most 15 s
 */
export function createLoadRoom<Room>(load: () => Promise<Room>, renew: () => void): () => Promise<Room> {
  let asked: Promise<Room> | null = null;
  let failures = 0;

  async function attempt(): Promise<Room> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('The room’s part is late.')), PATIENCE_MS);
    });
    try {
      return await Promise.race([load(), late]);
    } catch (error) {
      asked = null;
      failures += 1;
      if (failures >= GONE_AFTER) renew();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  return () => {
    asked ??= attempt();
    return asked;
  };
}

const KEY = 'wellchina-renewed';

/**
 * Loads the panel's document anew, once in a browser session: were it not the release, it would be again and again.
 * Where the browser keeps nothing, neither this nor what was written would be remembered, and nothing is done.
 */
export function renewOnce(storage: () => Storage, online: () => boolean, reload: () => void): void {
  try {
    if (!online() || storage().getItem(KEY) !== null) return;
    storage().setItem(KEY, '1');
    if (storage().getItem(KEY) === '1') reload();
  } catch {
    // It is tried again as it is.
  }
}
