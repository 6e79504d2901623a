import type { LineSpec } from '../harness/load/messages.ts';
import { openPostgresLine } from '../harness/postgres-line.ts';
import type { Rooms } from '../harness/rooms.ts';
import type { Stage } from '../harness/stage.ts';
import type { Rival } from '../rivals/workerd.ts';
import { by, type Length } from './metric.ts';

/** Two who talk to each other in one room. */
export interface Pair {
  from: number;
  to: number | null;
}

/** Opens `count` of our rooms, each with its visitor and its agent. */
export async function openOurs(stage: Stage, count = 1): Promise<Pair[]> {
  return openOursIn(stage, (await stage.ours()).rooms, count);
}

/** The same in a Worker of one's own. */
export async function openOursIn(stage: Stage, rooms: Rooms, count = 1): Promise<Pair[]> {
  const made = await rooms.make(count);
  const specs = await Promise.all(made.flatMap((room) => [room.visitor(), room.agent()]));
  return pairsOf(await stage.load.do('open', { lines: specs }));
}

/** What it is called in the table. */
const UNFED = 'ours, Postgres away';
const HOUR_MS = 3_600_000;

/**
 * Ours as it is while Postgres is out of reach: what is left when nothing is fed to Postgres meanwhile, as the rivals on
 * workerd feed nothing. A Worker of its own, whose rooms are opened once for everybody and stay open. A quick look goes
 * without.
 */
export async function openOursUnfed(
  stage: Stage,
  { scene }: Length,
  count = 1,
): Promise<{ [UNFED]?: Pair[] }> {
  if (scene === 'quick') return {};
  const pairs = await stage.once('unfed', async () => {
    const line = await openPostgresLine(stage.backend.databaseUrl);
    // Who tries in vain again and again would be in the others' way.
    const us = await stage.another({ databaseUrl: line.url, limits: { backoffMaxMs: HOUR_MS } });
    const opened = await openOursIn(stage, us.rooms, by(scene, 50, 0, 5));
    line.cut();
    return opened;
  });
  return { [UNFED]: pairs.slice(0, count) };
}

/** The same measurement of every system that is there, as `interleave` takes it. */
export function eachOf<System extends string, Found>(
  systems: { [Name in System]?: Pair[] },
  measure: (open: Pair[], name: System) => Promise<Found>,
): Record<System, () => Promise<Found>> {
  const entries = Object.entries(systems) as [System, Pair[]][];
  return Object.fromEntries(entries.map(([name, open]) => [name, () => measure(open, name)])) as Record<
    System,
    () => Promise<Found>
  >;
}

/** Opens `count` rooms of a rival with two sockets each; an echo needs but one. */
export async function openTheirs(stage: Stage, rival: Rival, count = 1): Promise<Pair[]> {
  const specs: LineSpec[] = [];
  for (let room = 0; room < count; room++) {
    const spec = stage.line(rival);
    specs.push(spec, spec);
  }
  const lines = await stage.load.do('open', { lines: specs });
  return rival.dialect === 'echo' ? lines.map((from) => ({ from, to: null })) : pairsOf(lines);
}

export async function closePairs(stage: Stage, pairs: Pair[]): Promise<void> {
  const lines = pairs.flatMap(({ from, to }) => (to === null ? [from] : [from, to]));
  await stage.load.do('close', { lines });
}

function pairsOf(lines: number[]): Pair[] {
  const pairs: Pair[] = [];
  for (let at = 0; at < lines.length; at += 2)
    pairs.push({ from: lines[at] as number, to: lines[at + 1] as number });
  return pairs;
}
