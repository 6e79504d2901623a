import { expect, inject, test } from 'vitest';
import { throwFrames } from './throw-frames.ts';

test('whatever frames are thrown at a room, it lives, keeps to the protocol, and Postgres has what it has', async () => {
  const seed = Number(process.env.ATTACKS_SEED ?? Math.floor(Math.random() * 1_000_000));
  const { attack, got, expected } = await throwFrames(inject('backend'), { seed, frames: 3_000 });
  expect(got, attack).toBe(expected);
});
