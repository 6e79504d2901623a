const FIRST_MS = 1_000;
const LONGEST_MS = 30_000;

/** How long to wait after the n-th failure in a row (from 0): doubled each time, between half and the whole of it. */
export function backoff(failures: number, random: () => number): number {
  return Math.min(FIRST_MS * 2 ** failures, LONGEST_MS) * (0.5 + random() / 2);
}
