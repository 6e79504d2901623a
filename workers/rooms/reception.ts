import { CLOSE } from '../../app/protocol/codes.ts';
import type { ClientFrame, HelloFrame, RoomFrame } from '../../app/protocol/frames.ts';
import type { Limits } from '../../app/protocol/limits.ts';
import type { ParticipantRole } from '../../app/protocol/model.ts';
import { errorName, log } from '../log.ts';
import { acceptedSocket, refusedSocket } from '../socket-response.ts';
import { parseFrame } from './frames.ts';
import { Gatherer } from './gatherer.ts';
import { FAILED, type RoomCore, refusal, type Sent } from './room-core.ts';
import type { Session, Sockets } from './sockets.ts';

export interface ReceptionDeps {
  core: RoomCore;
  sockets: Sockets<RoomFrame>;
  limits: Limits;
  /** Somebody came or left whom the queue shows. */
  presenceChanged(): void;
}

/** The room's door: lets sockets in, reads what they send, hands it to the core, and says who came and left. */
export class Reception {
  readonly #deps: ReceptionDeps;
  readonly #gatherer = new Gatherer<Sent>((sends) => void this.#deps.core.take(sends));

  constructor(deps: ReceptionDeps) {
    this.#deps = deps;
  }

  /** Takes in a socket that the Worker has authorised; too many of one person push out the oldest. */
  enter(session: Session): Response {
    const { sockets, limits } = this.#deps;
    sockets.makeRoom(session.person.id, limits.socketsPerPerson);
    // Agents may look into any room; however many do, the visitor gets in.
    if (session.person.role === 'agent' && sockets.open().length >= limits.socketsPerRoom) {
      return refusedSocket(CLOSE.tooFast, 'too many sockets');
    }
    const { response, socket } = acceptedSocket();
    sockets.accept(socket, session);
    this.#presenceChanged(session.person.role);
    return response;
  }

  leave(socket: WebSocket): void {
    this.#deps.sockets.left();
    const session = this.#deps.sockets.session(socket);
    if (session) this.#presenceChanged(session.person.role, socket);
  }

  /** Reads one frame; never throws. */
  receive(socket: WebSocket, data: string | ArrayBuffer): void {
    try {
      this.#receive(socket, data);
    } catch (error) {
      log({ event: 'frame_failed', object: 'room', name: errorName(error) });
      this.#deps.sockets.send(socket, refusal(FAILED));
    }
  }

  #receive(socket: WebSocket, data: string | ArrayBuffer): void {
    const { core, sockets, limits } = this.#deps;
    // Shown the door, and going on talking: nobody has to answer a close.
    if (socket.readyState !== WebSocket.OPEN) return;
    const session = sockets.session(socket);
    if (!session || session.expiresAt <= Date.now()) {
      socket.close(CLOSE.signedOut, 'expired');
      return;
    }
    if (core.allowances.frame(session.person.id) > 0) {
      socket.close(CLOSE.tooFast, 'too many frames');
      return;
    }
    const parsed = parseFrame(data, limits.frameBytes);
    if (!parsed.ok) {
      sockets.send(socket, refusal(parsed.refusal, parsed.ref));
      if (parsed.refusal.code === 'too_large') socket.close(CLOSE.tooBig, 'frame too large');
      return;
    }
    const { frame } = parsed;
    if (!session.greeted && frame.t !== 'hello') {
      const ref = frame.t === 'send' ? frame.id : undefined;
      sockets.send(socket, refusal({ code: 'invalid', message: 'Say hello first.' }, ref));
      return;
    }
    this.#dispatch(socket, session, frame);
  }

  #dispatch(socket: WebSocket, session: Session, frame: ClientFrame): void {
    const { core, sockets, limits } = this.#deps;
    switch (frame.t) {
      case 'hello':
        this.#welcome(socket, session, frame);
        break;
      case 'send':
        this.#gatherer.add({ socket, person: session.person, frame });
        break;
      case 'typing':
        core.typing(socket, session, frame.on);
        break;
      case 'read':
        core.read(session.person, frame.seq);
        break;
      case 'history': {
        const page = core.page(frame.before, frame.limit ?? limits.historyPage);
        sockets.send(socket, { t: 'history', before: frame.before, ...page });
        break;
      }
      default:
        throw new Error(`unknown frame ${frame satisfies never}`);
    }
  }

  /** A hello that can't be answered ends the socket: its client would wait, and could show nothing that follows. */
  #welcome(socket: WebSocket, session: Session, hello: HelloFrame): void {
    try {
      this.#deps.core.welcome(socket, session, hello);
    } catch (error) {
      log({ event: 'frame_failed', object: 'room', name: errorName(error) });
      socket.close(CLOSE.tryAgainLater, 'unavailable');
    }
  }

  #presenceChanged(role: ParticipantRole, leaving?: WebSocket): void {
    const { core, sockets, presenceChanged } = this.#deps;
    sockets.broadcast(core.presenceFrame(leaving), leaving);
    if (role === 'visitor') presenceChanged();
  }
}
