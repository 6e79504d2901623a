import type { Metric, Target } from '../harness/report.ts';
import type { Stage } from '../harness/stage.ts';

/** How long a run is: `full` is what the targets are about, `quick` a look, `tiny` only that it works at all. */
export type Length = 'full' | 'quick' | 'tiny';

export interface Bench {
  /** What `--only` names. */
  id: string;
  /** Begins what takes a while by itself, before the first measurement, so that `run` needn't wait for it. */
  prepare?(stage: Stage, length: Length): Promise<void>;
  run(stage: Stage, length: Length): Promise<Metric[]>;
}

/** One of three by the length of the run. */
export function by<Value>(length: Length, full: Value, quick: Value, tiny: Value): Value {
  return { full, quick, tiny }[length];
}

export type { Metric, Target };
