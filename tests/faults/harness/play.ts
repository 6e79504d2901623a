import { decide, type Verdict } from './checker.ts';
import { gather } from './evidence.ts';
import { PATIENCE, quiet, scrollUp } from './quiet.ts';
import { type Random, randomFrom } from './random.ts';
import { type Stage, type StageOptions, setStage } from './stage.ts';
import type { World } from './world.ts';

/** `short`: with `npm test`. `full`: with `npm run test:faults`. */
export type Length = 'short' | 'full';

export interface Scene {
  world: World;
  random: Random;
  length: Length;
  /** Fills rooms with people. Call it once. */
  stage(options: StageOptions): Promise<Stage>;
  /** A promise of this fault's own that was not kept. */
  fail(problem: string): void;
  /** Checks one. */
  promise(what: string, kept: boolean): void;
}

/** One of the faults that the design promises to survive. */
export interface Fault {
  /** As in the issue that asks for it. */
  number: number;
  title: string;
  /** Limits of the Worker that this fault is about. */
  limits?: Record<string, number>;
  /** Seconds that access tokens live. */
  tokenLifetime?: number;
  /** Injects the fault and heals it. What must hold afterwards is the checker's business. */
  play(scene: Scene): Promise<void>;
}

export interface Outcome extends Verdict {
  fault: number;
  title: string;
  /** 99th percentile of the milliseconds from an attempt to its welcome, of sockets that came back; null: none did. */
  resumeP99: number | null;
  seconds: number;
}

/**
 * Plays one fault in a fresh Worker, waits for quiet, and has the checker decide. Never throws.
 *
 * @param patience how long quiet may take to come, milliseconds
 */
export async function play(
  world: World,
  fault: Fault,
  seed: number,
  length: Length,
  patience = PATIENCE,
): Promise<Outcome> {
  const began = performance.now();
  const random = randomFrom(seed, `fault ${fault.number}`);
  const problems: string[] = [];
  let stage: Stage | null = null;
  let verdict: Verdict | null = null;
  try {
    const { limits, tokenLifetime } = fault;
    await world.renew({ ...(limits && { limits }), ...(tokenLifetime && { tokenLifetime }) });
    await fault.play({
      world,
      random,
      length,
      stage: async (options) => {
        stage = await setStage(world, random, options);
        return stage;
      },
      fail: (problem) => problems.push(problem),
      promise: (what, kept) => {
        if (!kept) problems.push(`not kept: ${what}`);
      },
    });
    if (stage) verdict = await judge(stage, problems, patience);
  } catch (error) {
    problems.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  const resumes = stage ? (stage as Stage).recording.resumeTimes : [];
  await (stage as Stage | null)?.clear().catch(() => {});
  return {
    ...(verdict ?? { messages: 0, acked: 0, lost: 0, doubled: 0, outOfOrder: 0 }),
    problems: [...problems, ...(verdict?.problems ?? [])],
    fault: fault.number,
    title: fault.title,
    resumeP99: percentile(resumes, 0.99),
    seconds: (performance.now() - began) / 1000,
  };
}

/** Even when quiet doesn't come, the checker says what that has cost. */
async function judge(stage: Stage, problems: string[], patience: number): Promise<Verdict> {
  try {
    await quiet(stage, patience);
    await scrollUp(stage);
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error));
  }
  return decide(await gather(stage));
}

/** null of nothing. */
export function percentile(values: readonly number[], share: number): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? null;
}
