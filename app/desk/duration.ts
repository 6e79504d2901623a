const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * How long somebody has been waiting, in the fewest characters a busy list needs: `now`, `4m`, `2h 5m`, `3d`.
 *
 * @param since ISO 8601, by the server's clock
 * @param now milliseconds since the epoch, by this browser's clock; one that is behind shows `now`
 */
export function shortDuration(since: string, now: number): string {
  const elapsed = now - Date.parse(since);
  if (elapsed < MINUTE) return 'now';
  if (elapsed < HOUR) return `${Math.floor(elapsed / MINUTE)}m`;
  if (elapsed < DAY) {
    const hours = Math.floor(elapsed / HOUR);
    const minutes = Math.floor((elapsed % HOUR) / MINUTE);
    return minutes === 0 ? `${hours}h` : `${hours}h ${minutes}m`;
  }
  return `${Math.floor(elapsed / DAY)}d`;
}

/** The same as a sentence's part, for screen readers: `4 minutes`, `2 hours`. */
export function spokenDuration(since: string, now: number): string {
  const elapsed = now - Date.parse(since);
  if (elapsed < MINUTE) return 'less than a minute';
  if (elapsed < HOUR) return count(Math.floor(elapsed / MINUTE), 'minute');
  if (elapsed < DAY) return count(Math.floor(elapsed / HOUR), 'hour');
  return count(Math.floor(elapsed / DAY), 'day');
}

/** How urgent a wait has become. Five minutes is when the seed's section 6 would send a mail. */
export function urgency(since: string, now: number): 'fresh' | 'due' | 'late' {
  const elapsed = now - Date.parse(since);
  if (elapsed < 2 * MINUTE) return 'fresh';
  return elapsed < 5 * MINUTE ? 'due' : 'late';
}

function count(amount: number, unit: string): string {
  return `${amount} ${unit}${amount === 1 ? '' : 's'}`;
}
