/**
 * The room as the documentation's chat examples make it: each frame is inserted as it comes, so each is a commit of
 * its own, which the output gate waits for. Durable in its own SQLite; no dedupe, no resume, no permission. Does
 * not feed Postgres.
 */
import { DurableObject } from 'cloudflare:workers';
import { roomFetch } from './room-fetch.ts';

export class Room extends DurableObject {
  constructor(ctx: DurableObjectState, env: unknown) {
    super(ctx, env as Cloudflare.Env);
    ctx.storage.sql.exec(
      'create table if not exists messages (seq integer primary key, client_id text not null, text text not null, at integer not null)',
    );
  }

  override fetch(): Response {
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    return new Response(null, { status: 101, webSocket: client });
  }

  override webSocketMessage(socket: WebSocket, data: string): void {
    const { id, kind, text } = JSON.parse(data) as { id: string; kind: string; text: string };
    const now = Date.now();
    const { seq } = this.ctx.storage.sql
      .exec<{ seq: number }>(
        'insert into messages (client_id, text, at) values (?, ?, ?) returning seq',
        id,
        text,
        now,
      )
      .one();
    const at = new Date(now).toISOString();
    socket.send(JSON.stringify({ t: 'ack', id, seq, at }));
    const message = JSON.stringify({ t: 'message', message: { seq, clientId: id, kind, text, at } });
    for (const other of this.ctx.getWebSockets()) if (other !== socket) other.send(message);
  }

  override webSocketClose(socket: WebSocket): void {
    socket.close();
  }
}

export default { fetch: roomFetch };
