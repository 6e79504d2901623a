import { setTimeout as sleep } from 'node:timers/promises';
import { SendSlot } from '../dialects.ts';
import { quantile } from '../stats.ts';
import type { Line } from './line.ts';

const TICK_MS = 4;
/** How long after the end an ack may still come before it counts as lost. */
const PATIENCE_MS = 5_000;

/** Sends at a steady rate over many lines, whatever the answers do: a server that stalls is seen to stall. */
export class Pace {
  readonly #flying = new Map<number, number>();
  readonly #timer: NodeJS.Timeout;
  #times: number[] = [];
  #sentThisLap = 0;
  #sent = 0;
  #acked = 0;

  constructor(lines: Line[], perSecond: number, number: () => number) {
    const slots = lines.map(({ dialect }) => new SendSlot(dialect));
    for (const line of lines) {
      line.onAck = (n) => {
        const sentAt = this.#flying.get(n);
        if (sentAt === undefined) return;
        this.#flying.delete(n);
        this.#acked++;
        this.#times.push(performance.now() - sentAt);
      };
    }
    const began = performance.now();
    this.#timer = setInterval(() => {
      const due = Math.floor(((performance.now() - began) / 1000) * perSecond);
      while (this.#sent < due) {
        const index = this.#sent++ % lines.length;
        this.#sentThisLap++;
        const n = number();
        // The bytes may still wait in this process when the slot is used again.
        const frame = Buffer.from((slots[index] as SendSlot).number(n));
        this.#flying.set(n, performance.now());
        (lines[index] as Line).write(frame);
      }
    }, TICK_MS);
  }

  lap(): { sent: number; acked: number; p50: number; p99: number; max: number } {
    const times = this.#times;
    const sent = this.#sentThisLap;
    this.#times = [];
    this.#sentThisLap = 0;
    return {
      sent,
      acked: times.length,
      p50: quantile(times, 0.5),
      p99: quantile(times, 0.99),
      max: quantile(times, 1),
    };
  }

  async stop(): Promise<{ sent: number; acked: number; lost: number }> {
    clearInterval(this.#timer);
    for (let waited = 0; this.#flying.size > 0 && waited < PATIENCE_MS; waited += 20) await sleep(20);
    return { sent: this.#sent, acked: this.#acked, lost: this.#flying.size };
  }
}
