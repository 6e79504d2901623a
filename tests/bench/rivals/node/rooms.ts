import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

/** What the rivals that are plain Node servers share: rooms by path, and who is in them. */
export class NodeRooms {
  readonly #rooms = new Map<string, Set<WebSocket>>();

  constructor(receive: (room: string, socket: WebSocket, data: string) => void) {
    const http = createServer();
    const server = new WebSocketServer({ server: http, perMessageDeflate: false });
    server.on('connection', (socket, request) => {
      const room = request.url ?? '/';
      const members = this.#rooms.get(room) ?? new Set();
      this.#rooms.set(room, members.add(socket));
      socket.on('message', (data) => receive(room, socket, data.toString()));
      socket.on('close', () => {
        members.delete(socket);
        if (members.size === 0) this.#rooms.delete(room);
      });
    });
    listen(http);
  }

  /** Tells everybody in a room but its sender. */
  broadcast(room: string, text: string, except: WebSocket | undefined): void {
    for (const socket of this.#rooms.get(room) ?? []) if (socket !== except) socket.send(text);
  }
}

/** Listens on any free port, says which, and ends with the process that started this one. */
export function listen(http: ReturnType<typeof createServer>): void {
  http.listen(0, '127.0.0.1', () => process.send?.({ port: (http.address() as AddressInfo).port }));
  process.on('disconnect', () => process.exit(0));
}

export interface Sent {
  id: string;
  kind: string;
  text: string;
}

export const ackOf = (id: string, seq: number, at: string): string =>
  JSON.stringify({ t: 'ack', id, seq, at });

export function messageOf({ id, kind, text }: Sent, seq: number, at: string): string {
  return JSON.stringify({ t: 'message', message: { seq, clientId: id, kind, text, at } });
}
