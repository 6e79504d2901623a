/** The floor: a Durable Object that sends back what it gets. Nothing is stored, nothing reaches Postgres. */
import { DurableObject } from 'cloudflare:workers';
import { roomFetch } from './room-fetch.ts';

export class Room extends DurableObject {
  override fetch(): Response {
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    return new Response(null, { status: 101, webSocket: client });
  }

  override webSocketMessage(socket: WebSocket, data: string): void {
    socket.send(data);
  }
}

export default { fetch: roomFetch };
