import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { ended, signalGroup, signalProcess } from '../../processes.ts';
import type { FromHost, ToHost, WorkerSetup } from './messages.ts';

export interface WorkerEvents {
  /** The Worker's console, as it comes. */
  output?: (text: string) => void;
  mail?: (file: string, subject: string) => void;
  /** The host ended without being asked to. */
  lost?: () => void;
}

/** How long a start or a reload may take, in milliseconds. */
const PATIENCE = 30_000;

/**
 * One Worker in one workerd of its own, behind a host process.
 * workerd that dies is started again by the host on the same port; a host that dies is told to `events.lost`.
 */
export class WorkerProcess {
  #host: ChildProcess | undefined;
  #workerd: number | undefined;
  #waiting: { resolve: () => void; reject: (error: Error) => void } | undefined;
  readonly #events: WorkerEvents;

  constructor(events: WorkerEvents = {}) {
    this.#events = events;
  }

  /** Process id of the workerd that runs now; -1 while there is none. */
  get pid(): number {
    return this.#workerd ?? -1;
  }

  /**
   * Runs the Worker with `setup`; a second call replaces what runs (sockets drop, stored state stays).
   * Resolves when workerd answers; throws with its own words when it does not come up.
   */
  async run(setup: WorkerSetup): Promise<void> {
    const host = this.#host ?? this.#launch();
    const timer = setTimeout(() => this.#settle(new Error('The Worker did not start in time.')), PATIENCE);
    try {
      await new Promise<void>((resolve, reject) => {
        this.#waiting = { resolve, reject };
        host.send({ type: 'run', setup } satisfies ToHost);
      });
    } finally {
      clearTimeout(timer);
    }
  }

  /** `kill -9`: workerd is gone at once, with everything it held in memory, and stays away until `run`. */
  async kill(): Promise<void> {
    const host = this.#host;
    const workerd = this.#workerd;
    if (!host) return;
    this.#forget();
    // The host first: it would start another workerd.
    const gone = exit(host);
    host.kill('SIGKILL');
    if (workerd !== undefined) signalProcess(workerd, 'SIGKILL');
    await gone;
    if (workerd !== undefined) await ended(workerd);
  }

  /** Ends workerd in an orderly way, then the host. May be called twice. */
  async stop(): Promise<void> {
    const host = this.#host;
    const workerd = this.#workerd;
    if (!host) return;
    this.#forget();
    const gone = exit(host);
    if (host.connected) host.send({ type: 'stop' } satisfies ToHost);
    const timer = setTimeout(() => signalGroup(host, 'SIGKILL'), 5000);
    await gone;
    clearTimeout(timer);
    if (workerd !== undefined) signalProcess(workerd, 'SIGKILL');
  }

  #launch(): ChildProcess {
    const host = fork(fileURLToPath(new URL('host.ts', import.meta.url)), {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // A group of its own: Ctrl-C in the terminal reaches the start command alone, which stops things in order.
      detached: process.platform !== 'win32',
      execArgv: ['--disable-warning=ExperimentalWarning'],
    });
    this.#host = host;
    const output = (chunk: Buffer) => this.#events.output?.(chunk.toString());
    host.stdout?.on('data', output);
    host.stderr?.on('data', output);
    host.on('message', (message: FromHost) => this.#heard(host, message));
    host.once('exit', () => {
      if (this.#host !== host) return;
      const workerd = this.#workerd;
      this.#forget();
      if (workerd !== undefined) signalProcess(workerd, 'SIGKILL');
      this.#settle(new Error('The process that runs the Worker ended.'));
      this.#events.lost?.();
    });
    return host;
  }

  #heard(host: ChildProcess, message: FromHost): void {
    if (this.#host !== host) return;
    if (message.type === 'workerd') this.#workerd = message.pid;
    else if (message.type === 'ready') this.#settle();
    else if (message.type === 'failed') this.#settle(new Error(message.message));
    else this.#events.mail?.(message.file, message.subject);
  }

  #settle(error?: Error): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (error) waiting?.reject(error);
    else waiting?.resolve();
  }

  #forget(): void {
    this.#host = undefined;
    this.#workerd = undefined;
  }
}

async function exit(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}
