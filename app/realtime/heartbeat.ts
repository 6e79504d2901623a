import { TIMING, type Timing } from './timing.ts';

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
export function createHeartbeat(
  ping: () => void,
  dead: () => void,
  timing: Pick<Timing, 'ping' | 'pong' | 'doubt'> = TIMING,
): Heartbeat {
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
      next = setTimeout(() => beat(timing.pong), timing.ping);
    },
    stop,
    heard() {
      if (!running) return;
      clearTimeout(deadline);
      deadline = undefined;
      clearTimeout(next);
      next = setTimeout(() => beat(timing.pong), timing.ping);
    },
    doubt() {
      if (running) beat(timing.doubt);
    },
  };
}
