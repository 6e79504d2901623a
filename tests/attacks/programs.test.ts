import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { byPrograms } from './catalogue/index.ts';
import { play } from './play.ts';
import { Stage } from './stage.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.open(inject('backend'));
});
afterAll(() => stage.close());

describe.each(byPrograms)('$title', ({ attacks }) => {
  test.each(attacks)('$name: $expected', async (attack) => {
    const { got, expected } = await play(stage, attack);
    expect(got).toBe(expected);
  });
});
