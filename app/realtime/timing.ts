/** How long the browser's end waits for what, in milliseconds. Settings, so that tests can shorten them. */
export interface Timing {
  /** First wait before coming back, doubled each time … */
  firstDelay: number;
  /** … up to this; both with jitter, so that a restart isn't a stampede. */
  longestDelay: number;
  /** The least wait after the room said that we are too fast. */
  tooFastDelay: number;
  /** A socket that doesn't open for so long is given up. */
  connect: number;
  /** From open to the first frame: an open socket that nobody answers on is none. */
  welcome: number;
  /** Between two pings of a quiet line. With `pong` a half-open line is noticed within 20 s. */
  ping: number;
  /** How long a pong may take. */
  pong: number;
  /** How long it may take where there is a reason to doubt: the network changed, the tab was asleep. */
  doubt: number;
  /** After so long without an answer on an open socket a message goes out again: the room's dedupe makes it safe. */
  answer: number;
  /** A tab that holds the outbox's lock and doesn't drain (frozen by the browser) is not waited for longer. */
  patience: number;
}

export const TIMING: Timing = {
  firstDelay: 800,
  longestDelay: 30_000,
  tooFastDelay: 15_000,
  connect: 15_000,
  welcome: 15_000,
  ping: 10_000,
  pong: 8_000,
  doubt: 4_000,
  answer: 20_000,
  patience: 4_000,
};
