import { setTimeout as sleep } from 'node:timers/promises';
import { residentKiB } from '../harness/processes.ts';
import { atMost, compare, type Metric } from '../harness/report.ts';
import { interleave } from '../harness/rounds.ts';
import type { Stage } from '../harness/stage.ts';
import { median } from '../harness/stats.ts';
import { type Bench, by } from './metric.ts';

/** Workerd puts an object to sleep after ten quiet seconds; ours has written its marks by then. */
const ASLEEP_MS = 14_000;

/**
 * The first frame after hibernation, and what a sleeping socket costs. The bare objects sleep the same way: the echo
 * stores nothing, the naive room makes one table and inserts one row, as durably as ours.
 */
export const wake: Bench = {
  id: 'wake',
  async run(stage, length) {
    const { load, medium } = stage;
    const rounds = by(length, 7, 5, 2);
    const each = by(length, 8, 5, 2);
    const idle = by(length, 400, 150, 0);
    // A Worker of its own: memory that other measurements left behind would be counted.
    const us = await stage.another();
    const [naive, echo] = [await stage.onWorkerd('naive-room'), await stage.onWorkerd('echo')];
    const openOurs = async (count: number) => {
      const made = await us.rooms.make(count);
      return load.do('open', { lines: await Promise.all(made.map((room) => room.visitor())) });
    };
    const openTheirs = (rival: typeof naive, count: number) =>
      load.do('open', { lines: Array.from({ length: count }, () => stage.line(rival)) });

    await load.do('first', { lines: await openOurs(20) });
    await load.do('first', { lines: await openTheirs(echo, 20) });
    await load.do('first', { lines: await openTheirs(naive, 20) });
    // As many sleep already when it begins to count: what a process takes once and keeps is no socket's memory.
    const asleep = [await openOurs(idle), await openTheirs(echo, idle), await openTheirs(naive, idle)];
    await sleep(by(length, ASLEEP_MS, ASLEEP_MS, 100));
    const pids = [us.worker.pid, echo.pid ?? -1, naive.pid ?? -1] as const;
    const before = pids.map(residentKiB);
    const probes = rounds * each;
    const lines = {
      ours: await openOurs(probes),
      'naive room': await openTheirs(naive, probes),
      echo: await openTheirs(echo, probes),
    };
    const waiting = [await openOurs(idle), await openTheirs(echo, idle), await openTheirs(naive, idle)];
    await sleep(by(length, ASLEEP_MS, ASLEEP_MS, 100));
    const perSocket = pids.map((pid, at) => (residentKiB(pid) - (before[at] ?? 0)) / (idle + probes));

    const first = (name: keyof typeof lines) => async (round: number) => ({
      p50: median(await load.do('first', { lines: lines[name].slice(round * each, (round + 1) * each) })),
    });
    const figures = await interleave(rounds, {
      ours: first('ours'),
      'naive room': first('naive room'),
      echo: first('echo'),
    });
    await load.do('close', { lines: [...Object.values(lines).flat(), ...asleep.flat(), ...waiting.flat()] });
    await us.worker.stop();
    return [wakeLine(stage, figures), ...memoryLine(medium, perSocket, idle)];
  },
};

function wakeLine({ medium }: Stage, figures: Record<string, { p50: number[] }>): Metric {
  const of = (name: string) => figures[name]?.p50 ?? [];
  return compare({
    id: 'wake',
    what: 'first frame after hibernation, send → ack, p50; against a bare object that stores it, too',
    unit: 'ms',
    medium,
    ours: of('ours'),
    other: { 'naive room': of('naive room'), 'echo (stores nothing)': of('echo') },
    target: atMost(1.3),
  });
}

function memoryLine(medium: Metric['medium'], [ours, echo, naive]: number[], idle: number): Metric[] {
  if (idle === 0 || !ours || !echo || !naive) return [];
  return [
    compare({
      id: 'wake.memory',
      what: 'memory of a sleeping socket, one to a room',
      unit: 'KiB',
      medium,
      ours: [ours],
      other: { echo: [echo], 'naive room': [naive] },
      target: atMost(1.2),
    }),
  ];
}
