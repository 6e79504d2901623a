import type { Metric, Target } from '../harness/report.ts';
import type { Stage } from '../harness/stage.ts';

/** `full` is what the targets are about, `quick` a look, `tiny` only that it works at all. */
export type Extent = 'full' | 'quick' | 'tiny';

/** How long a run is. */
export interface Length {
  /** How long a round takes, and how many there are. */
  time: Extent;
  /** What is measured: how many rooms, how much has been said in them, how long Postgres is away. */
  scene: Extent;
}

export interface Bench {
  /** What `--only` names. */
  id: string;
  /** Called before every measurement, the first one as well: takes further what `run` would else have to wait for. */
  between?(stage: Stage, length: Length): Promise<void>;
  run(stage: Stage, length: Length): Promise<Metric[]>;
}

/** One of three by an extent. */
export function by<Value>(extent: Extent, full: Value, quick: Value, tiny: Value): Value {
  return { full, quick, tiny }[extent];
}

/** How many rounds there are: five at least, but for a run that measures nothing. */
export function roundsOf({ time }: Length, full = 5): number {
  return by(time, full, 5, 2);
}

export type { Metric, Target };
