import type { Stage } from './stage.ts';
import type { Tab } from './tab.ts';
import { sleep, until } from './until.ts';

export interface TrafficOptions {
  /** Messages that all tabs write together. */
  messages: number;
  /** Mean milliseconds between a tab's messages; bursts come on top. */
  pace: number;
  /** Who writes; default all tabs of the stage. */
  tabs?: readonly Tab[];
  /** Most unsent messages a tab lets pile up before it waits; nobody types a thousand messages into a dead line. */
  backlog?: number;
}

export interface Traffic {
  /** Resolves when so much of what is to be written (0 to 1) has been written. */
  reached(share: number): Promise<void>;
  /** How much has been written so far, 0 to 1. */
  readonly share: number;
  /** Resolves when everything is written (not: sent). */
  done: Promise<void>;
}

/** Everybody writes, types, reads and scrolls, each as their own stream of decisions says. */
export function startTraffic(stage: Stage, options: TrafficOptions): Traffic {
  const tabs = options.tabs ?? stage.tabs;
  const each = Math.ceil(options.messages / tabs.length);
  const total = each * tabs.length;
  let count = 0;
  let failure: unknown;
  const done = Promise.all(tabs.map((tab) => act(tab))).then(() => {});
  done.catch((error: unknown) => {
    failure = error;
  });

  async function act(tab: Tab): Promise<void> {
    const random = stage.random.fork(`traffic ${tab.name}`);
    for (let left = each; left > 0 && tab.alive; ) {
      const burst = Math.min(left, random.chance(0.15) ? random.int(2, 8) : 1);
      const pause = random.next() * 2 * options.pace * burst;
      const aside = random.next();
      await sleep(pause);
      if (!tab.alive) break;
      for (let index = 0; index < burst; index++) tab.write();
      left -= burst;
      count += burst;
      if (aside < 0.05) tab.client.typing(true);
      else if (aside < 0.12) tab.client.read(tab.snapshot().messages.at(-1)?.seq ?? 0);
      else if (aside < 0.14) tab.client.loadOlder();
      if (tab.snapshot().pending.length > (options.backlog ?? 30)) {
        const half = (options.backlog ?? 30) / 2;
        await until(
          `${tab.name} to get rid of its backlog`,
          () => !tab.alive || tab.snapshot().pending.length <= half,
          180_000,
          () => ({ connection: tab.snapshot().connection, pending: tab.snapshot().pending.slice(0, 2) }),
        );
      }
    }
    // A killed tab's share is nobody's.
    if (!tab.alive) count = Math.min(total, count + each - tab.written.length);
  }

  return {
    done,
    get share() {
      return count / total;
    },
    reached: (share) =>
      until(
        `${share * 100} % of the traffic`,
        () => {
          if (failure) throw failure;
          return count / total >= share;
        },
        600_000,
      ),
  };
}
