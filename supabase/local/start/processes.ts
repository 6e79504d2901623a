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
  return { pid: process.pid, began: began(process.pid) ?? '' };
}

/** Whether that very process still lives. */
export function isAlive(identity: ProcessIdentity): boolean {
  const now = began(identity.pid);
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
  for (let waited = 0; waited < milliseconds && began(pid) !== null; waited += 10) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** When the process began; null when there is none (a zombie counts as none). */
function began(pid: number): string | null {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return null;
  }
  try {
    if (process.platform === 'win32') return '';
    if (process.platform !== 'linux') {
      return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || null;
    }
    // Field 22 of /proc/<pid>/stat; the name before it may hold spaces and brackets.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return fields[0] === 'Z' ? null : (fields[19] ?? '');
  } catch {
    return null;
  }
}
