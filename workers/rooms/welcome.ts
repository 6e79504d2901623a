import type { HelloFrame } from '../../app/protocol/frames.ts';
import type { MessageLog } from './message-log.ts';
import type { LogRow } from './records.ts';

export interface Resumption {
  rows: LogRow[];
  /** More was missed than `rows` carries. */
  gap: boolean;
  /** What the client holds is of another history. */
  reset: boolean;
}

/**
 * What a client that says `hello` is missing: everything, or the newest page when that is too much, or when what
 * it holds can't be of this log (another epoch, or further than the head).
 *
 * @param page how many messages a welcome carries at most
 */
export function resume(
  log: Pick<MessageLog, 'head' | 'after' | 'before'>,
  epoch: number,
  hello: Pick<HelloFrame, 'after' | 'epoch'>,
  page: number,
): Resumption {
  const reset = (hello.epoch !== undefined && hello.epoch !== epoch) || (hello.after ?? 0) > log.head;
  const after = reset ? 0 : (hello.after ?? 0);
  const gap = log.head - after > page;
  return { rows: gap ? log.before(log.head + 1, page) : log.after(after, page), gap, reset };
}
