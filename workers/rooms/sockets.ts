import { z } from 'zod';
import { CLOSE } from '../../app/protocol/codes.ts';
import type { Participant } from '../../app/protocol/model.ts';

/** Who a socket belongs to. Kept in its attachment, since hibernation forgets everything else. */
export const sessionSchema = z.object({
  person: z.object({
    id: z.string(),
    role: z.enum(['visitor', 'agent']),
    name: z.string().nullable(),
    isAnonymous: z.boolean(),
    avatarUrl: z.string().nullable(),
    isAdmin: z.boolean(),
    maxChats: z.number(),
  }),
  /** Opens this person's next socket here; made by the Worker at the upgrade. */
  ticket: z.string(),
  /** Milliseconds since the epoch after which the socket must be opened anew. */
  expiresAt: z.number(),
  /** Has said hello: gets what happens from then on. */
  greeted: z.boolean(),
});
export type Session = z.infer<typeof sessionSchema>;

/** A socket that hears what happens. */
interface Listener {
  socket: WebSocket;
  session: Session;
}

/** An object's sockets, with typed attachments and one serialisation a broadcast. */
export class Sockets<Frame> {
  readonly #ctx: DurableObjectState;
  /** Whom a broadcast is for; null: ask again. Asking the runtime for every message is most of a broadcast's work. */
  #listeners: Listener[] | null = null;
  /** When the first of them has to go, milliseconds since the epoch. */
  #nextExpiry = 0;
  /** Parsing an attachment for every frame would be work for nothing. */
  readonly #sessions = new WeakMap<WebSocket, Session>();

  constructor(ctx: DurableObjectState) {
    this.#ctx = ctx;
  }

  accept(socket: WebSocket, session: Session): void {
    this.#ctx.acceptWebSocket(socket, [session.person.id]);
    this.update(socket, session);
  }

  /** The session of a socket; null for one whose attachment can't be read, which nobody should trust. */
  session(socket: WebSocket): Session | null {
    const cached = this.#sessions.get(socket);
    if (cached) return cached;
    const parsed = sessionSchema.safeParse(socket.deserializeAttachment());
    if (!parsed.success) return null;
    this.#sessions.set(socket, parsed.data);
    return parsed.data;
  }

  update(socket: WebSocket, session: Session): void {
    socket.serializeAttachment(session);
    this.#sessions.set(socket, session);
    this.#listeners = null;
  }

  /** Sockets that are open, of everybody or of one person, oldest first. */
  open(personId?: string): WebSocket[] {
    return this.#ctx.getWebSockets(personId).filter((socket) => socket.readyState === WebSocket.OPEN);
  }

  /** Makes room for one more socket of a person: beyond `limit`, the oldest go. */
  makeRoom(personId: string, limit: number): void {
    const others = this.open(personId);
    for (const oldest of others.slice(0, Math.max(0, others.length + 1 - limit))) {
      oldest.close(CLOSE.tooFast, 'too many sockets');
    }
  }

  send(socket: WebSocket, frame: Frame): void {
    deliver(socket, JSON.stringify(frame));
  }

  /** Sends one frame to every greeted socket but `except`. */
  broadcast(frame: Frame, except?: WebSocket): void {
    let text: string | undefined;
    for (const { socket } of this.#audience()) {
      if (socket === except) continue;
      text ??= JSON.stringify(frame);
      this.#tell(socket, text);
    }
  }

  /** Sends each greeted socket what its role may see. */
  broadcastByRole(frameFor: (role: Participant['role']) => Frame): void {
    const texts = new Map<Participant['role'], string>();
    for (const { socket, session } of this.#audience()) {
      const { role } = session.person;
      const text = texts.get(role) ?? JSON.stringify(frameFor(role));
      texts.set(role, text);
      this.#tell(socket, text);
    }
  }

  /** Call when a socket has closed. */
  left(): void {
    this.#listeners = null;
  }

  /** Who is to hear what happens: everybody greeted. Those whose day is over are shown the door instead. */
  #audience(): readonly Listener[] {
    const now = Date.now();
    if (this.#listeners && now < this.#nextExpiry) return this.#listeners;
    const listeners: Listener[] = [];
    let nextExpiry = Number.POSITIVE_INFINITY;
    for (const socket of this.open()) {
      const session = this.session(socket);
      if (!session?.greeted) continue;
      if (session.expiresAt <= now) {
        socket.close(CLOSE.signedOut, 'expired');
        continue;
      }
      nextExpiry = Math.min(nextExpiry, session.expiresAt);
      listeners.push({ socket, session });
    }
    this.#nextExpiry = nextExpiry;
    this.#listeners = listeners;
    return listeners;
  }

  #tell(socket: WebSocket, text: string): void {
    if (!deliver(socket, text)) this.#listeners = null;
  }

  /** Who is here, each once, not counting `leaving`. */
  participants(leaving?: WebSocket): Participant[] {
    const present = new Map<string, Participant>();
    for (const socket of this.open()) {
      const session = socket === leaving ? null : this.session(socket);
      if (session) present.set(session.person.id, participantOf(session));
    }
    return [...present.values()];
  }

  /** Closes sockets with a code of the protocol; of everybody, or of one person. */
  close(code: number, reason: string, personId?: string): void {
    for (const socket of this.open(personId)) socket.close(code, reason);
    this.#listeners = null;
  }
}

export function participantOf(session: Session): Participant {
  const { id, role, name } = session.person;
  return { id, role, name };
}

/** False for a socket that closed between the look and the send; its client resumes by `hello`. */
function deliver(socket: WebSocket, text: string): boolean {
  try {
    socket.send(text);
    return true;
  } catch {
    return false;
  }
}
