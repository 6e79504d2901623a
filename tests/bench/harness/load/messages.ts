import type { Dialect } from '../dialects.ts';

/** A socket to be opened. */
export interface LineSpec {
  url: string;
  protocols: string[];
  dialect: Dialect;
  /** What is said first; the line counts as open when its answer is there. */
  hello?: string;
}

/** What the load process is asked to do. Lines are named by the number `open` gave them. */
export interface Jobs {
  open: { ask: { lines: LineSpec[] }; answer: number[] };
  close: { ask: { lines: number[] }; answer: null };
  /** One message at a time: milliseconds from the send to the other side's frame, and to the ack. */
  oneByOne: {
    ask: { from: number; to: number | null; count: number; warmUp?: number; gapMs?: [number, number] };
    answer: { delivered: number[]; acked: number[] };
  };
  /** As many as each sender may have in flight, for `ms` after a warm-up: acks a second, and milliseconds to each. */
  flood: {
    ask: { senders: number[]; inFlight: number; ms: number; warmUpMs: number };
    answer: { acked: number; perSecond: number; p50: number; p99: number };
  };
  /** A steady rate over all senders, whatever the answers do. Begins, and is ended by `stopPace`. */
  pace: { ask: { senders: number[]; perSecond: number }; answer: null };
  /** What was sent and acked since the last `lap` or the beginning. */
  lap: { ask: null; answer: { sent: number; acked: number; p50: number; p99: number; max: number } };
  stopPace: { ask: null; answer: { sent: number; acked: number; lost: number } };
  /** Milliseconds until the last of `to` has the message. */
  fanOut: { ask: { from: number; to: number[]; count: number; warmUp: number }; answer: number[] };
  /** Opens a line, waits for its answer, closes it: milliseconds each. */
  connect: { ask: { line: LineSpec; count: number }; answer: number[] };
  /** One frame on each line, one after the other: milliseconds to its answer. */
  first: { ask: { lines: number[] }; answer: number[] };
  /** Says a frame and waits for the next answer that is neither ack nor message: milliseconds each. */
  ask: { ask: { line: number; frame: string; count: number }; answer: number[] };
}

export type JobName = keyof Jobs;

export interface Order<Name extends JobName = JobName> {
  id: number;
  job: Name;
  ask: Jobs[Name]['ask'];
}

export type Reply = { id: number; answer: unknown } | { id: number; failed: string };
