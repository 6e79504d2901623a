import { type ChildProcess, execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A process, told apart from a later one that was given the same number. */
export interface ProcessIdentity {
  pid: number;
  /** When it began, in the system's own words; empty where the system does not tell. */
  began: string;
}

/** This process. */
export function ourselves(): ProcessIdentity {
  return { pid: process.pid, began: processStart(process.pid) ?? '' };
}

/** Whether that very process still lives. */
export function isAlive(identity: ProcessIdentity): boolean {
  const now = processStart(identity.pid);
  return now !== null && now === identity.began;
}

/**
 * Sends `signal` to the whole group a child was started with (`detached: true`), or to the child alone on Windows.
 * Does nothing when it is gone.
 */
export function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch {
    // Gone already.
  }
}

/** Sends `signal` to one process; does nothing when it is gone. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone already.
  }
}

/** Resolves when process `pid` is gone, at the latest after `milliseconds`. For processes that are not our children. */
export async function ended(pid: number, milliseconds = 5000): Promise<void> {
  for (let waited = 0; waited < milliseconds && processStart(pid) !== null; waited += 10) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** When the process began, as the system tells it; null when there is none (a zombie is none). */
export function processStart(pid: number): string | null {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return null;
  }
  try {
    if (process.platform === 'win32') return '';
    if (process.platform !== 'linux') return ps(pid, 'lstart');
    // Field 22 of /proc/<pid>/stat; the name before it may hold spaces and brackets.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return fields[0] === 'Z' ? null : (fields[19] ?? '');
  } catch {
    return null;
  }
}

/** What the process was started with; null when there is none, or the system does not tell. */
export function commandOf(pid: number): string | null {
  if (processStart(pid) === null || process.platform === 'win32') return null;
  try {
    return process.platform === 'linux' ? readFileSync(`/proc/${pid}/cmdline`, 'utf8') : ps(pid, 'command');
  } catch {
    return null;
  }
}

/** @throws when there is no such process */
function ps(pid: number, field: string): string | null {
  return execFileSync('ps', ['-o', `${field}=`, '-p', String(pid)], { encoding: 'utf8' }).trim() || null;
}
