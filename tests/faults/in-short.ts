import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Fault, play } from './harness/play.ts';
import { createWorld, type World } from './harness/world.ts';

/** Another one with every run, unless one is to be seen again. */
const seed = Number(process.env.FAULTS_SEED ?? Math.floor(Math.random() * 1_000_000));

/** Tests of these faults in their short form, one after the other in a world of their own. */
export function playedInShort(faults: readonly Fault[]): void {
  let world: World;
  beforeAll(async () => {
    console.log(`faults with seed ${seed}; again with FAULTS_SEED=${seed}`);
    world = await createWorld();
  });
  afterAll(() => world?.stop());

  test.each(faults.map((fault) => [`${fault.number}. ${fault.title}`, fault] as const))(
    'nothing acked is lost, doubled or out of order: %s',
    async (_name, fault) => {
      const outcome = await play(world, fault, seed, 'short');
      expect(outcome.problems, `seed ${seed}`).toEqual([]);
      expect(outcome).toMatchObject({ lost: 0, doubled: 0, outOfOrder: 0 });
      expect(outcome.acked).toBeGreaterThan(50);
    },
  );
}
