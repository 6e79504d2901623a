import type { ClientFrame, RoomFrame } from '../protocol/frames.ts';
import type { Conversation, Message, Participant } from '../protocol/model.ts';
import { PING, PONG, SUBPROTOCOL } from '../protocol/version.ts';

/** One end of a line in the model: what the room's side can do with it. */
export interface Line {
  who: Participant;
  send(data: string): void;
  close(code: number): void;
}

export interface ModelRoom {
  conversation: Conversation;
  epoch: number;
  log: Message[];
  lines: Set<Line>;
  /** Asked for every `send`: a refusal instead of a commit, or null. */
  refuse(id: string): Extract<RoomFrame, { t: 'error' }> | null;
  /** Asked for every commit: what of the answer gets lost. */
  loseAnswer(): boolean;
  open(line: Line): void;
  handle(line: Line, data: string): void;
  say(text: string, senderId?: string): Message;
  broadcast(frame: RoomFrame, except?: Line): void;
  /** Another life of the room with the same conversation: a new history. */
  restart(kept: number): void;
}

export const VISITOR: Participant = {
  id: '11111111-1111-4111-8111-111111111111',
  role: 'visitor',
  name: 'Guest',
};
export const AGENT: Participant = {
  id: '22222222-2222-4222-8222-222222222222',
  role: 'agent',
  name: 'Support One',
};
export const CONVERSATION = '33333333-3333-4333-8333-333333333333';

const id = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

/**
 * What a room must do by the contract and no more: dedupe by sender and client id, `seq` without a gap, resume in one
 * frame. Small enough to be believed, it decides what the clients should show.
 *
 * @param now the room's clock, milliseconds
 */
export function createModelRoom(now: () => number, welcomeReach = 200): ModelRoom {
  const at = () => new Date(now()).toISOString();
  let made = 0;
  const room: ModelRoom = {
    conversation: {
      id: CONVERSATION,
      status: 'active',
      subject: null,
      agent: { id: AGENT.id, name: 'Support One', avatarUrl: null, online: true },
      visitor: { id: VISITOR.id, name: null, isAnonymous: true, online: true },
      tags: [],
      category: null,
      read: { visitor: 0, agent: 0 },
      unread: { visitor: 0, agent: 0 },
      rev: 1,
      createdAt: at(),
      closedAt: null,
    },
    epoch: 1,
    log: [],
    lines: new Set(),
    refuse: () => null,
    loseAnswer: () => false,
    open: (line) => room.lines.add(line),
    handle(line, data) {
      if (data === PING) {
        line.send(PONG);
        return;
      }
      const frame = JSON.parse(data) as ClientFrame;
      if (frame.t === 'hello') welcome(line, frame.after, frame.epoch);
      if (frame.t === 'send') commit(line, frame.id, frame.text ?? '');
      if (frame.t === 'history') history(line, frame.before, frame.limit ?? 50);
      if (frame.t === 'read') read(line, frame.seq);
      if (frame.t === 'typing') {
        const until = new Date(now() + (frame.on ? 6_000 : 0)).toISOString();
        room.broadcast({ t: 'typing', who: line.who, until }, line);
      }
    },
    say: (text, senderId = AGENT.id) => append({ ...AGENT, id: senderId }, text),
    broadcast(frame, except) {
      for (const line of room.lines) if (line !== except) line.send(JSON.stringify(frame));
    },
    restart(kept) {
      room.log = room.log.slice(0, kept);
      room.epoch += 1;
      for (const line of [...room.lines]) line.close(1012);
    },
  };

  function welcome(line: Line, after: number | null, epoch: number | undefined): void {
    const head = room.log.length;
    const reset = (epoch !== undefined && epoch !== room.epoch) || (after ?? 0) > head;
    const from = reset ? 0 : (after ?? 0);
    const gap = head - from > welcomeReach;
    const messages = room.log.slice(gap ? head - welcomeReach : from);
    const ticket = `${line.who.id}.${room.epoch}`;
    const { conversation } = room;
    line.send(
      JSON.stringify({
        t: 'welcome',
        v: 1,
        you: line.who,
        conversation,
        epoch: room.epoch,
        head,
        messages,
        gap,
        reset,
        ticket,
        now: at(),
      } satisfies RoomFrame),
    );
  }

  function append(who: Participant, text: string, clientId?: string, from?: Line): Message {
    made += 1;
    const message: Message = {
      seq: room.log.length + 1,
      id: id(made),
      ...(clientId ? { clientId } : {}),
      senderRole: who.role,
      senderId: who.id,
      senderName: who.name ?? '',
      kind: 'text',
      text,
      at: at(),
    };
    room.log.push(message);
    room.broadcast({ t: 'message', message }, from);
    return message;
  }

  function commit(line: Line, clientId: string, text: string): void {
    const held = room.log.find(
      (message) => message.senderId === line.who.id && message.clientId === clientId,
    );
    if (!held) {
      const refusal = room.refuse(clientId);
      if (refusal) {
        line.send(JSON.stringify({ ...refusal, ref: clientId }));
        return;
      }
    }
    const { seq, at } = held ?? append(line.who, text, clientId, line);
    if (room.loseAnswer()) line.close(1006);
    else line.send(JSON.stringify({ t: 'ack', id: clientId, seq, at } satisfies RoomFrame));
  }

  function history(line: Line, before: number, limit: number): void {
    const start = Math.max(before - 1 - limit, 0);
    const messages = room.log.slice(start, before - 1);
    line.send(JSON.stringify({ t: 'history', before, messages, more: start > 0 } satisfies RoomFrame));
  }

  function read(line: Line, seq: number): void {
    const { role } = line.who;
    if (seq <= room.conversation.read[role]) return;
    room.conversation = { ...room.conversation, read: { ...room.conversation.read, [role]: seq } };
    room.broadcast({ t: 'read', role, seq });
  }

  return room;
}

/** A `WebSocket` class whose other end is the model: what is offered, what arrives and when is the test's. */
export function fakeWebSocket(net: {
  room: ModelRoom;
  /** Every attempt's subprotocols; returns a close code to refuse with, or who it is. */
  admit(protocols: string[]): number | Participant | 'unreachable';
  /** One way, milliseconds. Frames of one line never overtake each other. */
  latency(): number;
  /** Whether a frame is swallowed: the line is open on paper only. */
  silent(): boolean;
}): new (
  url: string | URL,
  protocols?: string | string[],
) => WebSocket {
  class FakeWebSocket extends EventTarget {
    readyState = 0;
    binaryType = 'blob';
    bufferedAmount = 0;
    extensions = '';
    protocol = SUBPROTOCOL;
    url: string;
    line: Line | null = null;
    down = Promise.resolve();
    up = Promise.resolve();

    constructor(url: string | URL, protocols: string | string[] = []) {
      super();
      this.url = String(url);
      setTimeout(() => {
        if (this.readyState !== 0) return;
        const admitted = net.admit([protocols].flat());
        if (admitted === 'unreachable') {
          this.shut(1006);
          return;
        }
        this.readyState = 1;
        this.dispatchEvent(new Event('open'));
        if (typeof admitted === 'number') {
          this.shut(admitted);
          return;
        }
        const line: Line = {
          who: admitted,
          send: (data) => {
            if (net.silent()) return;
            const after = net.latency();
            this.down = this.down
              .then(() => wait(after))
              .then(() => {
                if (this.readyState === 1) this.dispatchEvent(new MessageEvent('message', { data }));
              });
          },
          close: (code) => this.shut(code),
        };
        this.line = line;
        net.room.open(line);
      }, net.latency());
    }

    send(data: string): void {
      if (this.readyState !== 1 || net.silent()) return;
      const after = net.latency();
      this.up = this.up
        .then(() => wait(after))
        .then(() => {
          if (this.line && net.room.lines.has(this.line)) net.room.handle(this.line, data);
        });
    }

    close(code = 1000): void {
      this.shut(code);
    }

    private shut(code: number): void {
      if (this.readyState === 3) return;
      this.readyState = 3;
      if (this.line) net.room.lines.delete(this.line);
      this.dispatchEvent(Object.assign(new Event('close'), { code, reason: '' }));
    }
  }
  return FakeWebSocket as unknown as new (
    url: string | URL,
    protocols?: string | string[],
  ) => WebSocket;
}

const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
