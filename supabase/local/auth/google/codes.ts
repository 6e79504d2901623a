import { createHash, randomBytes } from 'node:crypto';

/** A Google account, as far as a sign-in learns of it. */
export interface GoogleAccount {
  email: string;
  name: string;
  /** Whether Google says that the address is the person's. */
  verified: boolean;
}

const CODE_SECONDS = 600;

/** What stands for Google's side: who allowed what. In memory, as nothing of it needs to outlive a sign-in. */
export class MakeBelieveGoogle {
  readonly #now: () => number;
  readonly #codes = new Map<string, { account: GoogleAccount; until: number }>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** The person allowed it: a code for the stand-in's callback. */
  allow(account: GoogleAccount): string {
    const now = this.#now();
    for (const [code, { until }] of this.#codes) if (until < now) this.#codes.delete(code);
    const code = `4/${randomBytes(24).toString('base64url')}`;
    this.#codes.set(code, { account, until: now + CODE_SECONDS * 1000 });
    return code;
  }

  /** The account behind a code, once; null when it is unknown, used or too old. */
  redeem(code: string): GoogleAccount | null {
    const found = this.#codes.get(code);
    this.#codes.delete(code);
    return found && found.until >= this.#now() ? found.account : null;
  }
}

/**
 * Google's own number for the account: the same address is the same account every time. Who merely claims an address
 * has another account than its owner.
 */
export function subjectOf({ email, verified }: GoogleAccount): string {
  const digest = createHash('sha256').update(`${verified}:${email.toLowerCase()}`).digest();
  return `1${String(digest.readBigUInt64BE() % 10n ** 20n).padStart(20, '0')}`;
}
