import { setTimeout as sleep } from 'node:timers/promises';
import { residentKiB } from '../harness/processes.ts';
import { atMost, compare, type Metric } from '../harness/report.ts';
import { interleave } from '../harness/rounds.ts';
import type { Stage } from '../harness/stage.ts';
import { median } from '../harness/stats.ts';
import { type Bench, by, type Length, roundsOf } from './metric.ts';

/** Workerd puts an object to sleep after ten quiet seconds; ours has written its marks by then. */
const ASLEEP_MS = 13_000;

/**
 * The first frame after hibernation, and what a sleeping socket costs. The bare objects sleep the same way: the echo
 * stores nothing, the naive room makes one table and inserts one row, as durably as ours. They fall asleep while other
 * things are measured, each in a process of its own, that nothing else may leave its memory in.
 */
export const wake: Bench = {
  id: 'wake',
  async between(stage, length) {
    const { memory } = await sleepersOf(stage, length);
    if (memory?.isDue) await memory.next();
  },
  async run(stage, length) {
    const { sleepers, lines, since, memory } = await sleepersOf(stage, length);
    await sleep(Math.max(0, since + by(length.time, ASLEEP_MS, ASLEEP_MS, 100) - performance.now()));
    const perSocket = await memory?.finish();
    // The first few of a process are slow whoever they are.
    for (const { open } of Object.values(sleepers)) await stage.load.do('first', { lines: await open(20) });
    const first = await firstFrame(stage, length, lines);
    return perSocket ? [first, perSocket] : [first];
  },
};

/** Somebody whose objects fall asleep. */
interface Sleeper {
  pid: number;
  /** Opens sockets, each to an object of its own. */
  open(count: number): Promise<number[]>;
}
type Sleepers = Record<'ours' | 'naive room' | 'echo', Sleeper>;

async function theirs({ load, line, onWorkerd }: Stage, name: 'naive-room' | 'echo'): Promise<Sleeper> {
  const rival = await onWorkerd(name, `sleeping ${name}`);
  return {
    pid: rival.pid ?? -1,
    open: (count) => load.do('open', { lines: Array.from({ length: count }, () => line(rival)) }),
  };
}

const PROBES = { full: 8, quick: 4, tiny: 2 };

/** Sockets to objects of ours and of the rivals that have been left alone since then; opened once, before all else. */
function sleepersOf(stage: Stage, length: Length) {
  return stage.once('sleepers', async () => {
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
      'naive room': await theirs(stage, 'naive-room'),
      echo: await theirs(stage, 'echo'),
    };
    const probes = roundsOf(length, 7) * PROBES[length.time];
    const lines = {
      ours: await sleepers.ours.open(probes),
      'naive room': await sleepers['naive room'].open(probes),
      echo: await sleepers.echo.open(probes),
    };
    const memory = length.scene === 'full' ? new SleepersMemory(stage, sleepers) : null;
    return { sleepers, lines, since: performance.now(), memory };
  });
}

async function firstFrame(
  { load, medium }: Stage,
  length: Length,
  lines: Record<keyof Sleepers, number[]>,
): Promise<Metric> {
  const each = PROBES[length.time];
  const first = (name: keyof typeof lines) => async (round: number) => ({
    p50: median(await load.do('first', { lines: lines[name].slice(round * each, (round + 1) * each) })),
  });
  const figures = await interleave(roundsOf(length, 7), {
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

/** What a process takes once and keeps, or needs only to open so many, is no socket's memory: the first rounds don't count. */
const ROUNDS_BEFORE = 2;
const ROUNDS = 5;
const SOCKETS = 300;

/** What one more sleeping socket takes, one to a room: round by round as many more are opened, and fall asleep. */
class SleepersMemory {
  readonly #stage: Stage;
  readonly #sleepers: Sleepers;
  readonly #perSocket = { ours: [] as number[], 'naive room': [] as number[], echo: [] as number[] };
  #round = 0;
  #fallingAsleep: Promise<void> | null = null;

  constructor(stage: Stage, sleepers: Sleepers) {
    this.#stage = stage;
    this.#sleepers = sleepers;
  }

  /** Those opened last are asleep, and more are to come. */
  get isDue(): boolean {
    return this.#fallingAsleep === null && this.#round < ROUNDS_BEFORE + ROUNDS;
  }

  /** Opens the next ones; they are measured as soon as they are asleep. */
  async next(): Promise<void> {
    const counts = this.#round++ >= ROUNDS_BEFORE;
    const names = Object.keys(this.#sleepers) as (keyof Sleepers)[];
    const resident = () => names.map((name) => residentKiB(this.#sleepers[name].pid));
    const before = resident();
    for (const name of names) await this.#sleepers[name].open(SOCKETS);
    this.#fallingAsleep = sleep(ASLEEP_MS).then(() => {
      const now = resident();
      for (const [at, name] of names.entries()) {
        if (counts) this.#perSocket[name].push(((now[at] ?? 0) - (before[at] ?? 0)) / SOCKETS);
      }
      this.#fallingAsleep = null;
    });
  }

  /** Does what is left of it. */
  async finish(): Promise<Metric> {
    await this.#fallingAsleep;
    while (this.isDue) {
      await this.next();
      await this.#fallingAsleep;
    }
    return this.#metric();
  }

  #metric(): Metric {
    const { ours, ...other } = this.#perSocket;
    return compare({
      id: 'wake.memory',
      what: 'memory of one more sleeping socket, one to a room',
      unit: 'KiB',
      medium: this.#stage.medium,
      ours,
      other,
      against: 'echo',
      target: atMost(1.2),
    });
  }
}
