import type { Message } from '../protocol/model.ts';

/** Messages of one sender within this time stand together. */
const TOGETHER_MS = 2 * 60_000;

type Placed = Pick<Message, 'senderId' | 'senderRole' | 'kind' | 'at'>;

/** Whether a message goes on where the one before it stopped: same sender, same day, minutes apart. */
export function continues(before: Placed | undefined, message: Placed): boolean {
  if (!before || before.kind === 'system' || message.kind === 'system') return false;
  if (before.senderId !== message.senderId || before.senderRole !== message.senderRole) return false;
  return Date.parse(message.at) - Date.parse(before.at) < TOGETHER_MS && sameDay(before.at, message.at);
}

/** Whether two instants (ISO 8601) are on one day where the reader is. */
export function sameDay(one: string, other: string): boolean {
  return new Date(one).toDateString() === new Date(other).toDateString();
}

/** What a day divider says. `now` in milliseconds; today and yesterday come from the words of the language. */
export function dayLabel(
  at: string,
  now: number,
  locale: string,
  words: { today: string; yesterday: string },
): string {
  const date = new Date(at);
  const yesterday = new Date(now);
  yesterday.setDate(yesterday.getDate() - 1);
  if (date.toDateString() === new Date(now).toDateString()) return words.today;
  if (date.toDateString() === yesterday.toDateString()) return words.yesterday;
  const thisYear = date.getFullYear() === new Date(now).getFullYear();
  return date.toLocaleDateString(locale, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    ...(thisYear ? {} : { year: 'numeric' }),
  });
}
