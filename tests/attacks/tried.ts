import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { Group } from './attack.ts';
import { play } from './play.ts';
import { Stage } from './stage.ts';

/** A test for every attack of these groups, one after the other on one stage. */
export function tried(groups: readonly Group[]): void {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.open(inject('backend'));
  });
  afterAll(() => stage?.close());

  describe.each(groups)('$title', ({ attacks }) => {
    test.each(attacks)('$name: $expected', async (attack) => {
      const { got, expected } = await play(stage, attack);
      expect(got).toBe(expected);
    });
  });
}
