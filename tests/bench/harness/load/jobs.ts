import { setTimeout as sleep } from 'node:timers/promises';
import { SendSlot } from '../dialects.ts';
import { textFrame } from '../raw-socket.ts';
import { median, p99 } from '../stats.ts';
import { Line } from './line.ts';
import type { JobName, Jobs, LineSpec } from './messages.ts';
import { Pace } from './pace.ts';

const lines = new Map<number, Line>();
let numbers = 0;
let nextLine = 0;
let pace: Pace | null = null;

const lineOf = (id: number): Line => {
  const line = lines.get(id);
  if (!line) throw new Error(`no line ${id}`);
  return line;
};

/** Every job by its name; see `messages.ts`. */
export const jobs: { [Name in JobName]: (ask: Jobs[Name]['ask']) => Promise<Jobs[Name]['answer']> } = {
  async open({ lines: specs }) {
    const ids = specs.map(() => nextLine++);
    let at = 0;
    const worker = async () => {
      for (let index = at++; index < specs.length; index = at++) {
        lines.set(ids[index] as number, await Line.open(specs[index] as LineSpec));
      }
    };
    await Promise.all(Array.from({ length: 24 }, worker));
    return ids;
  },

  async close({ lines: ids }) {
    for (const id of ids) {
      lineOf(id).close();
      lines.delete(id);
    }
    return null;
  },

  async oneByOne({ from, to, count, warmUp = 0, gapMs }) {
    const sender = lineOf(from);
    const receiver = to === null ? null : lineOf(to);
    const slot = new SendSlot(sender.dialect);
    const delivered: number[] = [];
    const acked: number[] = [];
    for (let round = 0; round < warmUp + count; round++) {
      if (gapMs) await sleep(gapMs[0] + Math.random() * (gapMs[1] - gapMs[0]));
      const n = ++numbers;
      const { promise, resolve } = Promise.withResolvers<void>();
      let waiting = receiver ? 2 : 1;
      let ackMs = 0;
      let messageMs = 0;
      sender.onAck = (number) => {
        if (number !== n) return;
        ackMs = performance.now() - slot.sentAt;
        if (--waiting === 0) resolve();
      };
      if (receiver) {
        receiver.onMessage = (number) => {
          if (number !== n) return;
          messageMs = performance.now() - slot.sentAt;
          if (--waiting === 0) resolve();
        };
      }
      const frame = slot.number(n);
      slot.sentAt = performance.now();
      sender.write(frame);
      await promise;
      if (round < warmUp) continue;
      acked.push(ackMs);
      delivered.push(receiver ? messageMs : ackMs);
    }
    return { delivered, acked };
  },

  flood({ senders, inFlight, ms, warmUpMs }) {
    const { promise, resolve } = Promise.withResolvers<Jobs['flood']['answer']>();
    const begins = performance.now() + warmUpMs;
    const ends = begins + ms;
    const times: number[] = [];
    let flying = 0;
    for (const id of senders) {
      const line = lineOf(id);
      const slots = new Map<number, SendSlot>();
      const send = (slot: SendSlot) => {
        const n = ++numbers;
        slots.set(n, slot);
        const frame = slot.number(n);
        slot.sentAt = performance.now();
        flying++;
        line.write(frame);
      };
      line.onAck = (n) => {
        const slot = slots.get(n);
        if (!slot) return;
        slots.delete(n);
        flying--;
        const now = performance.now();
        if (now >= begins && now < ends) times.push(now - slot.sentAt);
        if (now < ends) send(slot);
        else if (flying === 0) {
          resolve({
            acked: times.length,
            perSecond: times.length / (ms / 1000),
            p50: median(times),
            p99: p99(times),
          });
        }
      };
      for (let index = 0; index < inFlight; index++) send(new SendSlot(line.dialect));
    }
    return promise;
  },

  async pace({ senders, perSecond }) {
    pace = new Pace(senders.map(lineOf), perSecond, () => ++numbers);
    return null;
  },

  async lap() {
    if (!pace) throw new Error('no pace');
    return pace.lap();
  },

  async stopPace() {
    if (!pace) throw new Error('no pace');
    return pace.stop();
  },

  async fanOut({ from, to, count, warmUp }) {
    const sender = lineOf(from);
    const slot = new SendSlot(sender.dialect);
    const times: number[] = [];
    for (let round = 0; round < warmUp + count; round++) {
      const n = ++numbers;
      const { promise, resolve } = Promise.withResolvers<void>();
      let missing = to.length;
      for (const id of to) {
        lineOf(id).onMessage = (number) => {
          if (number === n && --missing === 0) resolve();
        };
      }
      const frame = slot.number(n);
      slot.sentAt = performance.now();
      sender.write(frame);
      await promise;
      if (round >= warmUp) times.push(performance.now() - slot.sentAt);
    }
    return times;
  },

  async connect({ line: spec, count }) {
    const times: number[] = [];
    for (let round = 0; round < count; round++) {
      const began = performance.now();
      const line = await Line.open(spec);
      times.push(performance.now() - began);
      line.close();
      await sleep(2);
    }
    return times;
  },

  async first({ lines: ids }) {
    const times: number[] = [];
    for (const id of ids) {
      const [ms] = (await jobs.oneByOne({ from: id, to: null, count: 1 })).acked;
      times.push(ms as number);
    }
    return times;
  },

  async ask({ line: id, frame: text, count }) {
    const line = lineOf(id);
    const { frame } = textFrame(text);
    const times: number[] = [];
    for (let round = 0; round < count; round++) {
      const began = performance.now();
      await new Promise<void>((resolve) => {
        line.onOther = resolve;
        line.write(frame);
      });
      times.push(performance.now() - began);
    }
    line.onOther = () => {};
    return times;
  },
};
