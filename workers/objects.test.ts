import { expect, test } from 'vitest';
import { laneOf, lobbyOf, roomOf } from './objects.ts';
import { testEnv } from './testing/environment.ts';

/** A namespace that answers with the name it was asked for. */
const named = (prefix = '') => ({
  getByName: (name: string) => `${prefix}${name}`,
  jurisdiction: (where: string) => ({ getByName: (name: string) => `${prefix}${where}/${name}` }),
});
const env = (change: Partial<Record<keyof Env, unknown>> = {}) =>
  testEnv({
    INGEST_LANE: named(),
    CONVERSATION_ROOM: named('room:'),
    LOBBY: named(),
    ...change,
  });

test('a conversation always has the same lane, so its writes can’t overtake each other', () => {
  const id = crypto.randomUUID();
  const lanes = new Set(Array.from({ length: 50 }, () => laneOf(env({ INGEST_LANES: '4' }), id)));
  expect(lanes.size).toBe(1);
});

test('which lane that is stays over versions: another would write while the old one still does', () => {
  const four = env({ INGEST_LANES: '4' });
  const ids = [0, 1, 2, 3].map((n) => `0195f3a0-0000-7000-8000-00000000000${n}`);
  expect(ids.map((id) => laneOf(four, id))).toEqual(['lane-1', 'lane-2', 'lane-3', 'lane-0']);
});

test.each([2, 4])('conversations spread evenly over %i lanes', (count) => {
  const lanes = env({ INGEST_LANES: String(count) });
  const tally = new Map<unknown, number>();
  for (let index = 0; index < 4_000; index++) {
    const lane = laneOf(lanes, `0195f3a0-0000-7000-8000-${index.toString(16).padStart(12, '0')}`);
    tally.set(lane, (tally.get(lane) ?? 0) + 1);
  }
  expect([...tally.keys()].toSorted()).toEqual(Array.from({ length: count }, (_, lane) => `lane-${lane}`));
  for (const size of tally.values()) expect(size).toBeGreaterThan((4_000 / count) * 0.8);
});

test('rooms lie where privacy law pins them, else near whoever asks first', () => {
  expect(roomOf(env(), 'x')).toBe('room:x');
  expect(roomOf(env({ ROOM_JURISDICTION: 'eu' }), 'x')).toBe('room:eu/x');
});

test('there is one lobby', () => {
  expect(lobbyOf(env())).toBe('lobby');
});
