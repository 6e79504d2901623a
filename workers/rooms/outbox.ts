import type { MessagesPart } from './message-log.ts';
import type { IngestOutcome, IngestPart, RoomState } from './records.ts';
import { toPatch } from './views.ts';

/** How far others have followed the room. Stored; each moves only after the other side has said yes. */
export interface Marks {
  /** What Postgres has: messages up to here … */
  flushedSeq: number;
  /** … and the state of this revision. */
  flushedRev: number;
  /** What the lobby was told. */
  lobbySeq: number;
  lobbyRev: number;
  /** Failed flushes in a row; sets the back-off, and must survive hibernation to do so. */
  attempt: number;
  /** The lobby was told, or may have been, that this room is behind. */
  reportedBehind: boolean;
  /** Postgres refuses what this room holds; it stops and says so, and never skips or renumbers. */
  halted: HaltCode | null;
}

export type HaltCode = 'stale_epoch' | 'differs' | 'refused';

export const noMarks: Marks = {
  flushedSeq: 0,
  flushedRev: 0,
  lobbySeq: 0,
  lobbyRev: -1,
  attempt: 0,
  reportedBehind: false,
  halted: null,
};

/**
 * Rows in one part: enough that a long backlog drains fast, few enough that whoever is talking meanwhile doesn't notice:
 * everything in a process waits while one is made.
 */
const PART_ROWS = 250;

/** Rows in a part after one that failed: enough to learn whether Postgres is back, whatever the backlog. */
const PROBE_ROWS = 10;

/** How many rows the next part may have. */
export function rowsOfNextPart({ attempt }: Marks): number {
  return attempt > 0 ? PROBE_ROWS : PART_ROWS;
}

export function isBehind(marks: Marks, head: number, rev: number): boolean {
  return marks.flushedSeq < head || marks.flushedRev < rev;
}

/** What Postgres is to be handed next, or null when it has everything. `said` follows `marks.flushedSeq`. */
export function nextPart(state: RoomState, marks: Marks, said: MessagesPart | null): IngestPart | null {
  const stateChanged = marks.flushedRev < state.rev;
  if (!said && !stateChanged) return null;
  return {
    conversationId: state.conversationId,
    epoch: state.epoch,
    ...(said ?? { rows: 0, lastSeq: null, messages: '[]' }),
    state: stateChanged ? toPatch(state) : null,
  };
}

/** What to do after an answer: go on with the next part, try again after a back-off, erase the room, or stop for good. */
export type Verdict = 'settled' | 'retry' | 'erase' | 'halt';

/**
 * Moves the marks by what Postgres said of `part`.
 *
 * A gap is healed by sending again from where Postgres says it is: it may have been restored to an earlier hour,
 * and the log still holds everything. Only rows this room never had would make that impossible (`head` above
 * ours), which is a difference.
 */
export function settle(
  marks: Marks,
  part: IngestPart,
  outcome: IngestOutcome,
  head: number,
): { marks: Marks; verdict: Verdict } {
  if (outcome.ok) {
    const settled: Marks = {
      ...marks,
      // Less than it once said it had: it was put back to an earlier hour, and a state alone shows no gap.
      flushedSeq: Math.min(part.lastSeq ?? marks.flushedSeq, outcome.head),
      flushedRev: part.state?.rev ?? marks.flushedRev,
      attempt: 0,
    };
    if (outcome.head > head) return { marks: { ...marks, halted: 'differs' }, verdict: 'halt' };
    return { marks: settled, verdict: 'settled' };
  }
  switch (outcome.code) {
    case 'gone':
      return { marks, verdict: 'erase' };
    case 'gap': {
      const held = outcome.head ?? 0;
      if (held < marks.flushedSeq) {
        // The state it had is as old as its messages.
        return { marks: { ...marks, flushedSeq: held, flushedRev: -1 }, verdict: 'settled' };
      }
      return { marks: { ...marks, attempt: marks.attempt + 1 }, verdict: 'retry' };
    }
    case 'stale_epoch':
    case 'differs':
    case 'refused':
      return { marks: { ...marks, halted: outcome.code }, verdict: 'halt' };
    case 'unavailable':
      return { marks: { ...marks, attempt: marks.attempt + 1 }, verdict: 'retry' };
    default:
      throw new Error(`unknown outcome ${outcome.code satisfies never}`);
  }
}

/**
 * How long to wait before the next try: 1 s, doubling to `maxMs`, and half of it jitter, so that rooms that failed
 * together don't come back together.
 *
 * @param attempt failures so far, 1 or more
 * @param random in [0, 1)
 * @param maxMs the longest wait, `Limits.backoffMaxMs`
 */
export function backoffMs(attempt: number, random: number, maxMs: number): number {
  const ceiling = Math.min(maxMs, 1_000 * 2 ** Math.min(attempt - 1, 20));
  return Math.round(ceiling * (0.5 + random / 2));
}
