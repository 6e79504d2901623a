import type { IngestPart } from './records.ts';

/** Messages in one write: a few megabytes at the very most, well inside what a call may carry. */
export const BATCH_MESSAGES = 2_000;

/**
 * Splits what waits into the next write and the rest, in order. A conversation is in a write once: two parts of
 * one room can't stand in the same statement, since the second builds on the first.
 */
export function takeBatch<Item>(
  waiting: readonly Item[],
  partOf: (item: Item) => IngestPart,
): { batch: Item[]; rest: Item[] } {
  const batch: Item[] = [];
  const rest: Item[] = [];
  const taken = new Set<string>();
  let messages = 0;
  for (const item of waiting) {
    const part = partOf(item);
    const full = batch.length > 0 && messages + part.rows > BATCH_MESSAGES;
    if (full || taken.has(part.conversationId)) {
      // Nothing of this conversation may overtake what stays behind.
      taken.add(part.conversationId);
      rest.push(item);
      continue;
    }
    taken.add(part.conversationId);
    messages += part.rows;
    batch.push(item);
  }
  return { batch, rest };
}
