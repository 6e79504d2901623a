/** Between two pings of a quiet line. With the deadline below a half-open line is noticed within 20 s. */
const EVERY_MS = 10_000;
const DEADLINE_MS = 8_000;
/** When there is a reason to doubt (the network changed, the tab was asleep) we don't wait that long. */
const DOUBT_MS = 4_000;

export interface Heartbeat {
  start(): void;
  stop(): void;
  /** Something came in: the line is alive. */
  heard(): void;
  /** Asks at once, and gives the answer less time. */
  doubt(): void;
}

/**
 * Notices a line that is open on paper only: pings it and gives up when nothing at all comes back in time.
 *
 * @param ping sends one ping
 * @param dead called once, when nothing came back
 */
export function createHeartbeat(ping: () => void, dead: () => void): Heartbeat {
  let running = false;
  let next: ReturnType<typeof setTimeout> | undefined;
  let deadline: ReturnType<typeof setTimeout> | undefined;

  function stop(): void {
    running = false;
    clearTimeout(next);
    clearTimeout(deadline);
    deadline = undefined;
  }

  function beat(within: number): void {
    clearTimeout(next);
    clearTimeout(deadline);
    deadline = setTimeout(() => {
      stop();
      dead();
    }, within);
    ping();
  }

  return {
    start() {
      stop();
      running = true;
      next = setTimeout(() => beat(DEADLINE_MS), EVERY_MS);
    },
    stop,
    heard() {
      if (!running) return;
      clearTimeout(deadline);
      deadline = undefined;
      clearTimeout(next);
      next = setTimeout(() => beat(DEADLINE_MS), EVERY_MS);
    },
    doubt() {
      if (running) beat(DOUBT_MS);
    },
  };
}
