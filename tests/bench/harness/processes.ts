import { readdirSync, readFileSync } from 'node:fs';

/** Workerd processes that this one has started, by their process ids. Linux only; empty elsewhere. */
export function workerds(): number[] {
  return numbers('/proc').filter((pid) => {
    const stat = readOr(`/proc/${pid}/stat`);
    const [, name, parent] = /^\d+ \((.*)\) \S (\d+)/su.exec(stat) ?? [];
    return name?.startsWith('workerd') && Number(parent) === process.pid;
  });
}

/** Memory a process holds, in KiB; NaN where the system does not tell. */
export function residentKiB(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB/mu.exec(readOr(`/proc/${pid}/status`))?.[1] ?? Number.NaN);
}

function numbers(folder: string): number[] {
  try {
    return readdirSync(folder).map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

function readOr(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
