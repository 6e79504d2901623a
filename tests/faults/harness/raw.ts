import { z } from 'zod';
import { until } from './until.ts';

const frameSchema = z.looseObject({ t: z.string() });
export type RawFrame = z.infer<typeof frameSchema>;

/** A socket with nothing of ours around it: what is sent is what a test wrote, what came is what is there. */
export interface RawSocket {
  readonly frames: readonly RawFrame[];
  /** Code of the close, null while it is open. */
  readonly closed: number | null;
  send(frame: object): void;
  /** The first frame from `from` on that fits; rejects when none comes. */
  next(what: string, fits: (frame: RawFrame) => boolean, from?: number): Promise<RawFrame>;
  close(): void;
}

export async function openRaw(url: string, protocols: string[]): Promise<RawSocket> {
  const socket = new WebSocket(url, protocols);
  const frames: RawFrame[] = [];
  let closed: number | null = null;
  socket.addEventListener('message', ({ data }) => {
    if (typeof data === 'string' && data.startsWith('{')) frames.push(frameSchema.parse(JSON.parse(data)));
  });
  socket.addEventListener('close', ({ code }) => {
    closed = code;
  });
  socket.addEventListener('error', () => {});
  await until('the socket to open or close', () => socket.readyState === 1 || closed !== null);
  return {
    frames,
    get closed() {
      return closed;
    },
    send: (frame) => socket.send(JSON.stringify(frame)),
    async next(what, fits, from = 0) {
      const find = () => frames.slice(from).find(fits);
      await until(
        what,
        () => find() !== undefined,
        20_000,
        () => ({ closed, frames: frames.slice(-3) }),
      );
      return find() ?? { t: '' };
    },
    close: () => socket.close(),
  };
}
