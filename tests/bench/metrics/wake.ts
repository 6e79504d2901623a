import { setTimeout as sleep } from 'node:timers/promises';
import { residentKiB } from '../harness/processes.ts';
import { atMost, compare, type Metric } from '../harness/report.ts';
import { interleave } from '../harness/rounds.ts';
import type { Stage } from '../harness/stage.ts';
import { median } from '../harness/stats.ts';
import type { Rival } from '../rivals/workerd.ts';
import { type Bench, by, type Length } from './metric.ts';

/** Workerd puts an object to sleep after ten quiet seconds; ours has written its marks by then. */
const ASLEEP_MS = 13_000;

/**
 * The first frame after hibernation, and what a sleeping socket costs. The bare objects sleep the same way: the echo
 * stores nothing, the naive room makes one table and inserts one row, as durably as ours.
 */
export const wake: Bench = {
  id: 'wake',
  async prepare(stage, length) {
    await asleep(stage, length);
  },
  async run(stage, length) {
    const { sleepers, lines, since } = await asleep(stage, length);
    await sleep(Math.max(0, since + by(length, ASLEEP_MS, ASLEEP_MS, 100) - performance.now()));
    // The first few of a process are slow whoever they are.
    for (const { open } of Object.values(sleepers)) await stage.load.do('first', { lines: await open(20) });
    const first = await firstFrame(stage, length, lines);
    return length === 'full' ? [first, await memory(stage, sleepers)] : [first];
  },
};

/** Somebody whose objects fall asleep. */
interface Sleeper {
  pid: number;
  /** Opens sockets, each to an object of its own. */
  open(count: number): Promise<number[]>;
}
type Sleepers = Record<'ours' | 'naive room' | 'echo', Sleeper>;

function theirs({ load, line }: Stage, rival: Rival): Sleeper {
  return {
    pid: rival.pid ?? -1,
    open: (count) => load.do('open', { lines: Array.from({ length: count }, () => line(rival)) }),
  };
}

const ROUNDS_OF_PROBES = { full: 7, quick: 5, tiny: 2 };
const PROBES = { full: 8, quick: 4, tiny: 2 };

/** Sockets to objects of ours and of the rivals that have been left alone since then; opened once, before all else. */
function asleep(stage: Stage, length: Length) {
  return stage.once('asleep', async () => {
    // A Worker of its own: memory that other measurements left behind would be counted.
    const us = await stage.another();
    const ours: Sleeper = {
      pid: us.worker.pid,
      open: async (count) => {
        const made = await us.rooms.make(count);
        return stage.load.do('open', { lines: await Promise.all(made.map((room) => room.visitor())) });
      },
    };
    const sleepers: Sleepers = {
      ours,
      'naive room': theirs(stage, await stage.onWorkerd('naive-room')),
      echo: theirs(stage, await stage.onWorkerd('echo')),
    };
    const probes = ROUNDS_OF_PROBES[length] * PROBES[length];
    const lines = {
      ours: await sleepers.ours.open(probes),
      'naive room': await sleepers['naive room'].open(probes),
      echo: await sleepers.echo.open(probes),
    };
    return { sleepers, lines, since: performance.now() };
  });
}

async function firstFrame(
  { load, medium }: Stage,
  length: Length,
  lines: Record<keyof Sleepers, number[]>,
): Promise<Metric> {
  const [rounds, each] = [ROUNDS_OF_PROBES[length], PROBES[length]];
  const first = (name: keyof typeof lines) => async (round: number) => ({
    p50: median(await load.do('first', { lines: lines[name].slice(round * each, (round + 1) * each) })),
  });
  const figures = await interleave(rounds, {
    ours: first('ours'),
    'naive room': first('naive room'),
    echo: first('echo'),
  });
  await load.do('close', { lines: Object.values(lines).flat() });
  return compare({
    id: 'wake',
    what: 'first frame after hibernation, send → ack, p50; against a bare object that stores it, too',
    unit: 'ms',
    medium,
    ours: figures.ours.p50,
    other: { 'naive room': figures['naive room'].p50, 'echo (stores nothing)': figures.echo.p50 },
    target: atMost(1.3),
  });
}

/** What a process takes once and keeps is no socket's memory: it takes so many until one more takes as much as the last. */
const SOCKETS_BEFORE = [400, 400, 400];
const SOCKETS = 200;
const ROUNDS = 5;

/** What one more sleeping socket takes, one to a room: round by round as many more are opened, and fall asleep. */
async function memory({ load, medium }: Stage, sleepers: Sleepers): Promise<Metric> {
  const names = Object.keys(sleepers) as (keyof Sleepers)[];
  const perSocket = { ours: [] as number[], 'naive room': [] as number[], echo: [] as number[] };
  const lines: number[] = [];
  const resident = () => names.map((name) => residentKiB(sleepers[name].pid));
  let before = resident();
  const rounds = [...SOCKETS_BEFORE, ...Array.from({ length: ROUNDS }, () => SOCKETS)];
  for (const [round, sockets] of rounds.entries()) {
    for (const name of names) lines.push(...(await sleepers[name].open(sockets)));
    await sleep(ASLEEP_MS);
    const now = resident();
    for (const [at, name] of names.entries()) {
      if (round >= SOCKETS_BEFORE.length)
        perSocket[name].push(((now[at] ?? 0) - (before[at] ?? 0)) / sockets);
    }
    before = now;
  }
  await load.do('close', { lines });
  const { ours, ...other } = perSocket;
  return compare({
    id: 'wake.memory',
    what: 'memory of one more sleeping socket, one to a room',
    unit: 'KiB',
    medium,
    ours,
    other,
    against: 'echo',
    target: atMost(1.2),
  });
}
