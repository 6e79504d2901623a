import { z } from 'zod';
import { sendFrame } from '../../../app/protocol/frames.ts';

/** What was seen on one tab's wire, by somebody who doesn't trust the client's code. */
export interface Wire {
  WebSocket: typeof WebSocket;
  /** The tab is gone: nothing is opened any more, and what is open is closed. */
  kill(): void;
}

export interface Ack {
  room: string;
  person: string;
  clientId: string;
  seq: number;
}

/** Everything that a run's wires saw. */
export interface Recording {
  acks: Ack[];
  /** Frames that spoke of another conversation than the socket's. */
  foreign: string[];
  /** When a `send` was first seen on the wire (`performance.now`), and the milliseconds to its first ack. */
  ackTimes: { at: number; took: number }[];
  /** Milliseconds from the attempt to the welcome, of sockets that came back. */
  resumeTimes: number[];
  sockets: number;
  /** How often a client said `hello` again on an open socket, because something had not come. */
  missed: number;
  /** How often a `send` was refused, by code. */
  refusals: Map<string, number>;
  /** Close codes of the protocol (4xxx) that clients were given. */
  closeCodes: number[];
}

export const newRecording = (): Recording => ({
  acks: [],
  foreign: [],
  ackTimes: [],
  resumeTimes: [],
  refusals: new Map(),
  sockets: 0,
  missed: 0,
  closeCodes: [],
});

// Read without the product's reader: a frame it would misread is still counted here.
const heard = z.discriminatedUnion('t', [
  z.object({ t: z.literal('error'), code: z.string() }),
  z.object({ t: z.literal('ack'), id: z.string(), seq: z.number() }),
  z.object({
    t: z.literal('welcome'),
    conversation: z.object({ id: z.string() }),
    messages: z.array(z.object({ text: z.string().nullable() })),
  }),
  z.object({ t: z.literal('history'), messages: z.array(z.object({ text: z.string().nullable() })) }),
  z.object({ t: z.literal('message'), message: z.object({ text: z.string().nullable() }) }),
]);

export interface WireOptions {
  recording: Recording;
  room: string;
  conversationId: string;
  person: string;
  /** This tab has been welcomed before: its first welcome is a resume, too. */
  cameBack: boolean;
}

/** A `WebSocket` for one tab that writes down what goes over it. Every text names its room: see `textOf`. */
export function createWire({ recording, room, conversationId, person, cameBack }: WireOptions): Wire {
  const sentAt = new Map<string, number>();
  const open = new Set<WebSocket>();
  let welcomed = cameBack;
  let dead = false;

  function note(data: unknown, socket: { began: number; isNew: boolean }): void {
    if (typeof data !== 'string' || !data.startsWith('{')) return;
    const parsed = heard.safeParse(read(data));
    if (!parsed.success) return;
    const frame = parsed.data;
    if (frame.t === 'error') {
      recording.refusals.set(frame.code, (recording.refusals.get(frame.code) ?? 0) + 1);
      return;
    }
    if (frame.t === 'ack') {
      recording.acks.push({ room, person, clientId: frame.id, seq: frame.seq });
      const at = sentAt.get(frame.id);
      if (at !== undefined) recording.ackTimes.push({ at, took: performance.now() - at });
      sentAt.delete(frame.id);
      return;
    }
    if (frame.t === 'welcome') {
      if (frame.conversation.id !== conversationId)
        recording.foreign.push(`${room}: ${frame.conversation.id}`);
      if (!socket.isNew) recording.missed += 1;
      else if (welcomed) recording.resumeTimes.push(performance.now() - socket.began);
      welcomed = true;
      socket.isNew = false;
    }
    const messages = frame.t === 'message' ? [frame.message] : frame.messages;
    for (const { text } of messages) {
      if (text !== null && !text.startsWith(`${room} `))
        recording.foreign.push(`${room}: ${text.slice(0, 40)}`);
    }
  }

  class Recorded extends WebSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(dead ? 'ws://127.0.0.1:1' : url, protocols);
      recording.sockets += 1;
      const state = { began: performance.now(), isNew: true };
      open.add(this);
      this.addEventListener('message', ({ data }) => dead || note(data, state));
      this.addEventListener('close', ({ code }) => {
        open.delete(this);
        if (code >= 4000) recording.closeCodes.push(code);
      });
    }

    override send(data: string): void {
      if (dead) return;
      if (data.startsWith('{"t":"send"')) {
        const { id } = sendFrame.parse(JSON.parse(data));
        if (!sentAt.has(id)) sentAt.set(id, performance.now());
      }
      super.send(data);
    }
  }

  return {
    WebSocket: Recorded,
    kill() {
      dead = true;
      for (const socket of open) socket.close();
    },
  };
}

function read(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return null;
  }
}
