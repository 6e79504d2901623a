import { AuthError } from './http/errors.ts';

/**
 * A token bucket per address: `perHour` at once, refilled evenly over an hour
 * (GoTrue: tollbooth with a burst of the hour's number).
 */
export class RateLimit {
  readonly #perHour: number;
  readonly #now: () => number;
  readonly #buckets = new Map<string, { left: number; at: number }>();

  constructor(perHour: number, now: () => number) {
    this.#perHour = perHour;
    this.#now = now;
  }

  /** Takes one. Throws 429 `over_request_rate_limit` when there is none left. */
  take(address: string): void {
    const now = this.#now();
    const left = this.#left(address, now);
    this.#buckets.set(address, { left: left < 1 ? left : left - 1, at: now });
    if (this.#buckets.size > 10_000) this.#forgetFull(now);
    if (left < 1) throw new AuthError(429, 'over_request_rate_limit', 'Request rate limit reached');
  }

  #left(address: string, now: number): number {
    const bucket = this.#buckets.get(address);
    if (!bucket) return this.#perHour;
    const refill = (Math.max(0, now - bucket.at) / 3_600_000) * this.#perHour;
    return Math.min(this.#perHour, bucket.left + refill);
  }

  #forgetFull(now: number): void {
    for (const address of this.#buckets.keys()) {
      if (this.#left(address, now) >= this.#perHour) this.#buckets.delete(address);
    }
  }
}
