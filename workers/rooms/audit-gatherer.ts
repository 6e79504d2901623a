import type { AuditEntry } from '../../app/protocol/audit.ts';
import type { AuditOutcome } from './audit-trail.ts';

interface Waiting {
  entries: AuditEntry[];
  resolve(outcome: AuditOutcome): void;
}

/** Entries in one write. */
const BATCH = 1_000;

/** Gathers what many rooms noted and writes it with one call at a time. Keeps nothing: the rooms have it until it is written. */
export class AuditGatherer {
  readonly #write: (entries: AuditEntry[]) => Promise<AuditOutcome>;
  #waiting: Waiting[] = [];
  #writing = false;

  /** @param write never throws */
  constructor(write: (entries: AuditEntry[]) => Promise<AuditOutcome>) {
    this.#write = write;
  }

  /** Writes one room's entries; returns when there is an answer for them. */
  add(entries: AuditEntry[]): Promise<AuditOutcome> {
    return new Promise((resolve) => {
      this.#waiting.push({ entries, resolve });
      if (!this.#writing) void this.#drain();
    });
  }

  async #drain(): Promise<void> {
    this.#writing = true;
    while (this.#waiting.length > 0) {
      const batch = this.#take();
      const outcome = await this.#write(batch.flatMap(({ entries }) => entries));
      for (const { resolve } of batch) resolve(outcome);
    }
    this.#writing = false;
  }

  #take(): Waiting[] {
    let size = 0;
    let count = 0;
    for (const { entries } of this.#waiting) {
      if (count > 0 && size + entries.length > BATCH) break;
      size += entries.length;
      count += 1;
    }
    return this.#waiting.splice(0, count);
  }
}
