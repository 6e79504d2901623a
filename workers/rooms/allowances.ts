import type { Limits } from '../../app/protocol/limits.ts';
import { TokenBucket } from './token-bucket.ts';

/** What each person in a room may still send. Forgotten when the room sleeps; by then it has refilled. */
export class Allowances {
  readonly #limits: Limits;
  readonly #messages = new Map<string, TokenBucket>();
  readonly #frames = new Map<string, TokenBucket>();

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** Takes one message; 0, or the milliseconds until the next may be sent. */
  message(personId: string): number {
    const { messageBurst, messagesPerMinute } = this.#limits;
    return take(this.#messages, personId, messageBurst, messagesPerMinute / 60);
  }

  /** Returns one message that came to nothing. */
  giveBack(personId: string): void {
    this.#messages.get(personId)?.giveBack();
  }

  /** Takes one frame of any kind; 0, or the milliseconds until the next may come. */
  frame(personId: string): number {
    const { framesPerSecond } = this.#limits;
    return take(this.#frames, personId, framesPerSecond * 2, framesPerSecond);
  }
}

function take(buckets: Map<string, TokenBucket>, personId: string, burst: number, perSecond: number): number {
  const now = Date.now();
  const bucket = buckets.get(personId) ?? new TokenBucket(burst, perSecond, now);
  buckets.set(personId, bucket);
  return bucket.take(now);
}
