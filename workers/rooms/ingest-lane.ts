import { DurableObject } from 'cloudflare:workers';
import type { AuditEntry } from '../../app/protocol/audit.ts';
import { errorName, log } from '../log.ts';
import { AuditGatherer } from './audit-gatherer.ts';
import type { AuditOutcome } from './audit-trail.ts';
import { takeBatch } from './lane-batch.ts';
import type { IngestOutcome, IngestPart } from './records.ts';

interface Waiting {
  part: IngestPart;
  resolve(outcome: IngestOutcome): void;
}

/** Longer than `Store`'s own limits: past it the call is taken for lost, and the rooms try again. */
const WRITE_TIMEOUT_MS = 45_000;

/** How long the first part waits for others: a call to Postgres costs the same for one room as for fifty. */
const WINDOW_MS = 50;
/** So many messages are company enough: a backlog is written as fast as Postgres takes it. */
const FULL_MESSAGES = 250;

/** How long the line to Postgres is kept after a write: a busy site writes again within a second. */
const LINE_KEPT_MS = 1_500;

const unavailable: IngestOutcome = { ok: false, code: 'unavailable' };

/**
 * Gathers what many rooms flush and writes it with one call at a time: however many rooms are awake, Postgres sees
 * as many writers as there are lanes. It keeps nothing: a part it loses is still in its room's outbox.
 */
export class IngestLane extends DurableObject<Env> {
  #waiting: Waiting[] = [];
  #writing = false;
  #line: Awaited<ReturnType<Env['STORE']['ingestLine']>> | null = null;
  #hangingUp: ReturnType<typeof setTimeout> | undefined;
  readonly #audit = new AuditGatherer((entries) => this.#record(entries));

  /** Writes one room's part; returns when Postgres has answered for it. */
  async ingest(part: IngestPart): Promise<IngestOutcome> {
    return new Promise((resolve) => {
      this.#waiting.push({ part, resolve });
      if (!this.#writing) void this.#write();
    });
  }

  /** Writes what one room noted of who did what; returns when Postgres has answered for it. */
  async record(entries: AuditEntry[]): Promise<AuditOutcome> {
    return this.#audit.add(entries);
  }

  async #record(entries: AuditEntry[]): Promise<AuditOutcome> {
    try {
      const recorded = await this.env.STORE.recordAudit(entries);
      return recorded.ok ? { ok: true, refused: recorded.refused } : { ok: false };
    } catch (error) {
      log({ event: 'room_call_failed', method: 'store.recordAudit', name: errorName(error) });
      return { ok: false };
    }
  }

  #waitingMessages(): number {
    return this.#waiting.reduce((sum, { part }) => sum + part.rows, 0);
  }

  async #write(): Promise<void> {
    this.#writing = true;
    clearTimeout(this.#hangingUp);
    while (this.#waiting.length > 0) {
      if (this.#waitingMessages() < FULL_MESSAGES) {
        await new Promise((resolve) => setTimeout(resolve, WINDOW_MS));
      }
      const { batch, rest } = takeBatch(this.#waiting, ({ part }) => part);
      this.#waiting = rest;
      const outcomes = await this.#ingest(batch.map(({ part }) => part));
      batch.forEach(({ resolve }, index) => {
        resolve(outcomes?.[index] ?? unavailable);
      });
    }
    this.#writing = false;
    if (this.#line) this.#hangingUp = setTimeout(() => this.hangUp(), LINE_KEPT_MS);
  }

  /** Lets go of the line to Postgres; the next write takes a new one. */
  hangUp(): void {
    clearTimeout(this.#hangingUp);
    this.#line?.[Symbol.dispose]();
    this.#line = null;
  }

  async #ingest(parts: IngestPart[]): Promise<IngestOutcome[] | null> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const timeout = new Promise<null>((resolve) => {
      timer = setTimeout(() => resolve(null), WRITE_TIMEOUT_MS);
    });
    try {
      this.#line ??= await this.env.STORE.ingestLine();
      const written = await Promise.race([this.#line.ingestMany(parts), timeout]);
      if (written === null) this.hangUp();
      return written?.ok ? written.outcomes : null;
    } catch (error) {
      log({ event: 'room_call_failed', method: 'store.ingestMany', name: errorName(error) });
      this.hangUp();
      return null;
    } finally {
      clearTimeout(timer);
    }
  }
}
