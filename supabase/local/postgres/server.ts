import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import type { PostgresBinaries } from './binaries.ts';
import type { SystemUser } from './system-user.ts';

export interface ServerProcess {
  pid: number;
  /** Fast shutdown (open transactions are rolled back); resolves when the process is gone. May be called twice. */
  stop(): Promise<void>;
  /** Resolves when the process has ended, whoever ended it. */
  gone: Promise<void>;
}

/** Thrown when the port was taken between looking and binding: try another. */
export class PortTaken extends Error {}

/** Thrown while children of a killed server still hold its shared memory: they end by themselves, soon. */
export class StillHeld extends Error {}

const running = new Set<ChildProcess>();

/**
 * Starts the server on 127.0.0.1 and resolves when it accepts connections.
 * Its log goes to `logFile`. Throws `PortTaken`, or an error with the log's last lines.
 */
export function launch(
  binaries: PostgresBinaries,
  user: SystemUser | null,
  cluster: string,
  port: number,
  durable: boolean,
  logFile: string,
): Promise<ServerProcess> {
  watchOurEnd();
  const child = spawn(binaries.postgres, ['-D', cluster, '-p', String(port), ...flags(durable)], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, LC_ALL: 'C' },
    // A session of its own: Ctrl-C in the terminal must reach us alone, who know what to stop first.
    detached: process.platform !== 'win32',
    ...(user ?? {}),
  });
  running.add(child);
  const gone = new Promise<void>((resolve) => {
    child.once('error', () => resolve());
    child.once('close', () => resolve());
  }).then(() => {
    running.delete(child);
  });
  const log = createWriteStream(logFile);
  log.on('error', () => {});
  let words = '';
  return new Promise((resolve, reject) => {
    child.stderr?.on('data', (chunk: Buffer) => {
      log.write(chunk);
      words = (words + chunk.toString()).slice(-4000);
      if (!words.includes('database system is ready to accept connections')) return;
      // From here on the server alone does not keep this process alive.
      child.unref();
      const pipe = child.stderr as unknown as { unref?: () => void };
      pipe.unref?.();
      resolve({ pid: child.pid ?? -1, stop: () => end(child, gone), gone });
    });
    child.once('error', reject);
    gone.then(() => {
      log.end();
      reject(reasonOf(words.trim(), port));
    });
  });
}

function reasonOf(words: string, port: number): Error {
  if (/could not bind|could not create any TCP\/IP sockets/.test(words))
    return new PortTaken(`port ${port} is taken`);
  const message = `Postgres did not start:\n${words}`;
  return words.includes('pre-existing shared memory block') ? new StillHeld(message) : new Error(message);
}

function flags(durable: boolean): string[] {
  const settings = {
    listen_addresses: '127.0.0.1',
    // TCP only: a socket file needs a folder that both users can write.
    unix_socket_directories: '',
    max_connections: '300',
    shared_buffers: '128MB',
    lc_messages: 'C',
    timezone: 'UTC',
    log_timezone: 'UTC',
    scram_iterations: '1',
    // A statement in the log would be somebody's message.
    log_min_error_statement: 'panic',
    log_checkpoints: 'off',
    // A commit still reaches the system before it is answered: killing the server, which tests do, loses nothing.
    ...(durable ? {} : { fsync: 'off', full_page_writes: 'off' }),
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

async function end(child: ChildProcess, gone: Promise<void>): Promise<void> {
  if (!running.has(child)) return;
  child.ref();
  child.kill('SIGINT');
  const harder = setTimeout(() => child.kill('SIGQUIT'), 10_000);
  const hardest = setTimeout(() => child.kill('SIGKILL'), 15_000);
  await gone;
  clearTimeout(harder);
  clearTimeout(hardest);
}

let watching = false;

/**
 * The server must not outlive us. `exit` covers every ordered end; a signal nobody else listens to would end us
 * without it, so it is turned into one. Where somebody listens (the start command), the order of things is theirs.
 */
function watchOurEnd(): void {
  if (watching) return;
  watching = true;
  process.on('exit', () => {
    for (const child of running) child.kill('SIGINT');
  });
  const signals = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;
  for (const [signal, number] of Object.entries(signals) as [keyof typeof signals, number][]) {
    process.on(signal, () => {
      if (process.listenerCount(signal) === 1) process.exit(128 + number);
    });
  }
}
