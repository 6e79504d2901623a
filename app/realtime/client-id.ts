/** The time of a UUIDv7 has 48 bits. */
const LATEST = 2 ** 48 - 1;

/**
 * A new message's id, a UUIDv7 (RFC 9562, 5.7): the time in front and 74 random bits behind. Ids that are made one after
 * another then lie together in the indexes that dedupe them for ever, the room's and Postgres's, instead of all over them.
 *
 * @param now milliseconds since the epoch; a clock that is wrong costs order in an index and nothing else
 */
export function newClientId(now: number): string {
  const time = Math.min(Math.max(0, Math.floor(now)), LATEST)
    .toString(16)
    .padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${crypto.randomUUID().slice(15)}`;
}
