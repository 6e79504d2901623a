/**
 * Socket.IO with an awaited insert, as its own guide for a chat does it (a message is stored, then emitted to the
 * room, and acknowledged). Tuned: WebSocket only, no compression, prepared statements on a pool of ten.
 * It feeds Postgres, one commit a message.
 */
import { createServer } from 'node:http';
import postgres from 'postgres';
import { Server } from 'socket.io';
import { listen, type Sent } from './rooms.ts';

const sql = postgres(process.env.RIVAL_DATABASE_URL ?? '', { max: 10, fetch_types: false });
const http = createServer();
const io = new Server(http, { transports: ['websocket'], perMessageDeflate: false, httpCompression: false });

io.on('connection', (socket) => {
  const room = String(socket.handshake.query.room);
  void socket.join(room);
  socket.on('send', async ({ id, kind, text }: Sent, acknowledge: (ack: object) => void) => {
    const [row] = await sql<{ seq: string; created_at: Date }[]>`
      insert into bench.messages (id, room, kind, content) values (${id}, ${room}, ${kind}, ${text})
      returning seq, created_at`;
    if (!row) return;
    const seq = Number(row.seq);
    const at = row.created_at.toISOString();
    socket.to(room).emit('message', { seq, clientId: id, kind, text, at });
    acknowledge({ id, seq, at });
  });
});

listen(http);
