import { TIMING } from './timing.ts';
import type { RealtimeEnvironment } from './types.ts';

export interface OutboxLock {
  /**
   * Whether this tab may drain. Where another tab holds the lock it is given some time, then this one drains too,
   * once, and `later` is called: two tabs draining one queue in its order do no harm, since the room dedupes.
   */
  mine(later: () => void): boolean;
  close(): void;
}

/**
 * One tab drains; when it goes, the browser hands the lock to the next.
 *
 * @param taken called when this tab gets a lock that another one had
 */
export function createOutboxLock(
  scope: string,
  locks: RealtimeEnvironment['locks'],
  taken: () => void,
  patience: number = TIMING.patience,
): OutboxLock {
  let held = locks === null;
  let impatient = false;
  let waited = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let release: (() => void) | undefined;
  let later: (() => void) | undefined;
  const abort = new AbortController();

  function lost(): void {
    // Refused by the browser (an opaque origin, storage switched off) or closed while waiting.
    held = true;
    if (!abort.signal.aborted) later?.();
  }

  if (locks) {
    const grant = () => {
      held = true;
      clearTimeout(timer);
      if (waited) taken();
      later?.();
      return new Promise<void>((resolve) => {
        release = resolve;
        if (abort.signal.aborted) resolve();
      });
    };
    try {
      locks.request(`wellchina-outbox:${scope}`, { signal: abort.signal }, grant).catch(lost);
    } catch {
      lost();
    }
  }

  return {
    mine(callback) {
      later = callback;
      if (held) return true;
      if (impatient) {
        impatient = false;
        timer = undefined;
        return true;
      }
      waited = true;
      timer ??= setTimeout(() => {
        impatient = true;
        callback();
      }, patience);
      return false;
    },
    close() {
      clearTimeout(timer);
      abort.abort();
      release?.();
    },
  };
}
