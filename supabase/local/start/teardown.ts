/** Things to end, in the reverse order of their beginning. */
export class Teardown {
  readonly #steps: (() => unknown)[] = [];
  #running: Promise<void> | undefined;

  /** Remembers how to end something. Call it as soon as there is something to end, also while it still begins. */
  add(step: () => unknown): void {
    this.#steps.push(step);
  }

  /** Ends everything, one after the other; a step that fails does not keep the others from running. */
  run(): Promise<void> {
    this.#running ??= (async () => {
      for (let step = this.#steps.pop(); step; step = this.#steps.pop()) {
        try {
          await step();
        } catch (error) {
          console.error(error instanceof Error ? error.message : error);
        }
      }
    })();
    return this.#running;
  }
}

/**
 * A signal that aborts at the first Ctrl-C, SIGTERM or SIGHUP, or when the process that started us is gone.
 * Someone who presses Ctrl-C again after three seconds means it: then the process ends at once.
 */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  let first = 0;
  const interrupt = (reason: string) => {
    if (!first) {
      first = Date.now();
      controller.abort(new Error(reason));
      // Ctrl-C comes twice: from the terminal, and passed on by the process that started us.
    } else if (Date.now() - first > 3000) process.exit(1);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupt(signal));
  process.on('disconnect', () => interrupt('the starting process is gone'));
  return controller.signal;
}
