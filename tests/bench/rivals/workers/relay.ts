/**
 * Fan-out without storage: numbers messages in memory, acks them and sends them on. What a broadcast channel does.
 * Does not feed Postgres; a message is nowhere once it has been sent.
 */
import { DurableObject } from 'cloudflare:workers';
import { roomFetch } from './room-fetch.ts';

export class Room extends DurableObject {
  #seq = 0;

  override fetch(): Response {
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    return new Response(null, { status: 101, webSocket: client });
  }

  override webSocketMessage(socket: WebSocket, data: string): void {
    const { id, kind, text } = JSON.parse(data) as { id: string; kind: string; text: string };
    const seq = ++this.#seq;
    const at = new Date().toISOString();
    socket.send(JSON.stringify({ t: 'ack', id, seq, at }));
    const message = JSON.stringify({ t: 'message', message: { seq, clientId: id, kind, text, at } });
    for (const other of this.ctx.getWebSockets()) if (other !== socket) other.send(message);
  }

  override webSocketClose(socket: WebSocket): void {
    socket.close();
  }
}

export default { fetch: roomFetch };
