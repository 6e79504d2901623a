import { errorName, log } from '../log.ts';
import { backoffMs, isBehind, nextPart, rowsOfNextPart, settle } from './outbox.ts';
import type { IngestOutcome, IngestPart } from './records.ts';
import type { RoomStorage } from './room-storage.ts';

export interface FlusherDeps {
  storage: RoomStorage;
  /** Hands a part to this room's lane. May throw: that is `unavailable`. */
  ingest(part: IngestPart): Promise<IngestOutcome>;
  /** Tells the lobby since when (milliseconds since the epoch) this room is behind, or null that it has caught up; false when it did not hear. */
  reportBehind(since: number | null): Promise<boolean>;
  /** The conversation is gone. */
  erase(): void;
  now(): number;
  random(): number;
  flushDelayMs: number;
  flushIntervalMs: number;
  behindAfterMs: number;
  backoffMaxMs: number;
}

/** `what is here`: in a room where somebody always says something, there is always something left. */
type Thoroughness = 'everything' | 'what is here';

/** How long after the first unflushed row the alarm looks whether the timer did its work. */
const SAFETY_NET_MS = 2_000;

/**
 * Writes the room through to Postgres: a short timer for the usual case, an alarm for when the room is evicted
 * before it, one part in flight at a time. Between flushes it holds nothing, so the room may hibernate.
 */
export class Flusher {
  readonly #deps: FlusherDeps;
  #timer = false;
  #running: Promise<void> | null = null;
  /** When Postgres last took something. */
  #settledAt = 0;
  /** This life of the room has told the lobby that it is behind. */
  #reported = false;

  constructor(deps: FlusherDeps) {
    this.#deps = deps;
  }

  /** Call in the same synchronous block as the write that made the room dirty. */
  wrote(): void {
    const { storage, now, flushDelayMs, flushIntervalMs, backoffMaxMs } = this.#deps;
    if (storage.marks.halted) return void this.#reportIfBehind(true);
    // While Postgres is away the alarm of the back-off is the next try, not every message.
    if (storage.marks.attempt > 0) {
      storage.alarms.ensure('flush', now() + backoffMs(storage.marks.attempt, 1, backoffMaxMs));
      return;
    }
    storage.alarms.ensure('flush', now() + SAFETY_NET_MS);
    if (this.#timer) return;
    this.#timer = true;
    // Soon after silence; in a busy room not for every few messages, since each write costs everybody's process the same.
    const wait = Math.max(flushDelayMs, this.#settledAt + flushIntervalMs - now());
    setTimeout(() => {
      this.#timer = false;
      this.#running ??= this.#run('what is here');
    }, wait);
  }

  /** Flushes until nothing is left or somebody says no. Never throws; what is under way already comes first. */
  async flush(): Promise<void> {
    while (this.#running) await this.#running;
    this.#running = this.#run('everything');
    await this.#running;
  }

  #run(how: Thoroughness): Promise<void> {
    return this.#try(how).finally(() => {
      this.#running = null;
    });
  }

  async #try(how: Thoroughness): Promise<void> {
    try {
      await this.#flush(how);
      // Written while the last answer was on its way, when the timer had already fired.
      if (this.#dirtySince() !== null && this.#deps.storage.marks.attempt === 0) this.wrote();
    } catch (error) {
      // Storage itself failed. The alarm armed with the rows, or the next wake, tries again.
      log({ event: 'room_call_failed', method: 'flush', name: errorName(error) });
    }
  }

  async #flush(how: Thoroughness): Promise<void> {
    const { storage, backoffMaxMs } = this.#deps;
    const here = storage.log.head;
    for (;;) {
      const state = storage.state;
      if (!state) return;
      if (storage.marks.halted) return this.#reportIfBehind(true);
      const { marks: had, log: messages } = storage;
      const part = nextPart(state, had, messages.partAfter(had.flushedSeq, rowsOfNextPart(had)));
      if (!part) return this.#caughtUp();

      const outcome = await this.#ingest(part);
      if (storage.state === null) return; // erased meanwhile
      const { marks, verdict } = settle(storage.marks, part, outcome, storage.log.head);
      // What changes how it goes on is stored at once.
      const usual = outcome.ok && storage.marks.attempt === 0 && marks.halted === null;
      if (usual) storage.moveMarks(marks);
      else storage.marks = marks;
      if (!outcome.ok) {
        log({
          event: 'room_flush_failed',
          conversation: state.conversationId,
          code: outcome.code,
          attempt: marks.attempt,
        });
      }
      switch (verdict) {
        case 'settled':
          this.#settledAt = this.#deps.now();
          // What came meanwhile has its own turn.
          if (how === 'what is here' && (part.lastSeq ?? here) >= here && this.#isDirty()) return;
          continue;
        case 'erase':
          return this.#deps.erase();
        case 'halt':
          log({ event: 'room_halted', conversation: state.conversationId, code: marks.halted ?? '' });
          return this.#reportIfBehind(true);
        case 'retry':
          storage.alarms.set(
            'flush',
            this.#deps.now() + backoffMs(marks.attempt, this.#deps.random(), backoffMaxMs),
          );
          return this.#reportIfBehind(false);
        default:
          throw new Error(`unknown verdict ${verdict satisfies never}`);
      }
    }
  }

  async #ingest(part: IngestPart): Promise<IngestOutcome> {
    try {
      return await this.#deps.ingest(part);
    } catch (error) {
      log({ event: 'room_call_failed', method: 'ingest', name: errorName(error) });
      return { ok: false, code: 'unavailable' };
    }
  }

  async #reportIfBehind(atOnce: boolean): Promise<void> {
    const { storage, now, behindAfterMs, reportBehind } = this.#deps;
    const since = this.#dirtySince();
    if (this.#reported || since === null || (!atOnce && now() - since < behindAfterMs)) return;
    this.#reported = true;
    // Before it is told: whatever happens then, the lobby will hear that this room has caught up.
    if (!storage.marks.reportedBehind) storage.marks = { ...storage.marks, reportedBehind: true };
    if (!(await reportBehind(since))) this.#reported = false;
  }

  async #caughtUp(): Promise<void> {
    const { storage, reportBehind } = this.#deps;
    if (!storage.marks.reportedBehind) return;
    this.#reported = false;
    if (await reportBehind(null)) storage.marks = { ...storage.marks, reportedBehind: false };
  }

  #isDirty(): boolean {
    const { state, marks, log: messages } = this.#deps.storage;
    return state !== null && isBehind(marks, messages.head, state.rev);
  }

  /** Since when Postgres lacks something; null when it lacks nothing. */
  #dirtySince(): number | null {
    const { state, marks, log: messages } = this.#deps.storage;
    if (!state || !this.#isDirty()) return null;
    const oldest = messages.after(marks.flushedSeq, 1)[0];
    return oldest?.at ?? state.changedAt;
  }
}
