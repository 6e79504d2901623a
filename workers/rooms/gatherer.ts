/**
 * Lets items that arrive together be committed together: the first at once, those that come while it does
 * behind a zero timer, until none is left. Measured: three times the throughput of one commit a frame under
 * load, and nothing lost when idle. Microtasks gather nothing; a timer for every frame costs 1.5 ms.
 */
export class Gatherer<Item> {
  readonly #commit: (items: Item[]) => void;
  readonly #defer: (run: () => void) => void;
  #waiting: Item[] = [];
  #busy = false;

  /**
   * @param commit takes all items in order; must not throw for one item's sake
   * @param defer runs its argument after what has already arrived was handed in
   */
  constructor(
    commit: (items: Item[]) => void,
    defer: (run: () => void) => void = (run) => void setTimeout(run, 0),
  ) {
    this.#commit = commit;
    this.#defer = defer;
  }

  add(item: Item): void {
    if (this.#busy) {
      this.#waiting.push(item);
      return;
    }
    this.#busy = true;
    this.#run([item]);
  }

  #drain(): void {
    if (this.#waiting.length === 0) {
      this.#busy = false;
      return;
    }
    const items = this.#waiting;
    this.#waiting = [];
    this.#run(items);
  }

  #run(items: Item[]): void {
    // Whatever happens to these, those behind them must get their turn.
    try {
      this.#commit(items);
    } finally {
      this.#defer(() => this.#drain());
    }
  }
}
