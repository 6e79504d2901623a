import { AuthError } from './http/errors.ts';

/**
 * A token bucket per address: `most` at once, refilled evenly over `seconds`
 * (GoTrue: tollbooth with a burst of the whole number).
 */
export class RateLimit {
  readonly #most: number;
  readonly #now: () => number;
  readonly #milliseconds: number;
  readonly #buckets = new Map<string, { left: number; at: number }>();

  constructor(most: number, now: () => number, seconds = 3600) {
    this.#most = most;
    this.#now = now;
    this.#milliseconds = seconds * 1000;
  }

  /** Takes one. Throws 429 `over_request_rate_limit` when there is none left, or what `refusal` makes. */
  take(address: string, refusal: () => AuthError = overRequests): void {
    const now = this.#now();
    const left = this.#left(address, now);
    this.#buckets.set(address, { left: left < 1 ? left : left - 1, at: now });
    if (this.#buckets.size > 10_000) this.#forgetFull(now);
    if (left < 1) throw refusal();
  }

  #left(address: string, now: number): number {
    const bucket = this.#buckets.get(address);
    if (!bucket) return this.#most;
    const refill = (Math.max(0, now - bucket.at) / this.#milliseconds) * this.#most;
    return Math.min(this.#most, bucket.left + refill);
  }

  #forgetFull(now: number): void {
    for (const address of this.#buckets.keys()) {
      if (this.#left(address, now) >= this.#most) this.#buckets.delete(address);
    }
  }
}

const overRequests = () => new AuthError(429, 'over_request_rate_limit', 'Request rate limit reached');
