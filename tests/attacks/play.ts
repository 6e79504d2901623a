import type { Attack } from './attack.ts';
import type { Stage } from './stage.ts';

export interface Outcome {
  attack: string;
  expected: string;
  got: string;
  held: boolean;
}

/** Tries one attack and hangs up. What throws has not held. */
export async function play(stage: Stage, { name, expected, run }: Attack): Promise<Outcome> {
  let got: string;
  try {
    got = await run(stage);
  } catch (error) {
    got = `threw: ${error instanceof Error ? error.message : error}`;
  }
  stage.hangUp();
  return { attack: name, expected, got, held: got === expected };
}
