/** The room's clock minus ours, milliseconds. */
export type ClockOffset = number;

/** Longest a typing mark is believed, whatever its `until` says. */
const LONGEST_TYPING_MS = 15_000;

/** How far our clock is off, from the room's `now` (ISO 8601) as it arrived. */
export function offsetFrom(roomNow: string, now: number): ClockOffset {
  const parsed = Date.parse(roomNow);
  return Number.isFinite(parsed) ? parsed - now : 0;
}

/** A room's instant on our clock, never further ahead than a typing mark can be. Unreadable ones are over. */
export function correctedUntil(until: string, offset: ClockOffset, now: number): number {
  const parsed = Date.parse(until) - offset;
  return Number.isFinite(parsed) ? Math.min(parsed, now + LONGEST_TYPING_MS) : now;
}
