/**
 * Database first: a Node server that inserts each message into Postgres and tells everybody by LISTEN/NOTIFY, as
 * every server of a fleet would hear it. Tuned: prepared statements on a pool of ten, insert and notify in one
 * statement, the whole message in the payload so that nobody reads it again, one connection that listens.
 * Postgres is where its messages live, so it does feed Postgres, one commit a message.
 */
import postgres from 'postgres';
import type { WebSocket } from 'ws';
import { ackOf, messageOf, NodeRooms, type Sent } from './rooms.ts';

const url = process.env.RIVAL_DATABASE_URL ?? '';
const sql = postgres(url, { max: 10, fetch_types: false });
const listener = postgres(url, { max: 1, fetch_types: false });
const senders = new Map<string, WebSocket>();

const rooms = new NodeRooms((room, socket, data) => {
  const message = JSON.parse(data) as Sent;
  const { id, kind, text } = message;
  senders.set(id, socket);
  void sql<{ seq: string; created_at: Date }[]>`
    with written as (
      insert into bench.messages (id, room, kind, content) values (${id}, ${room}, ${kind}, ${text})
      returning *)
    select seq, created_at, pg_notify('bench', json_build_object(
      'id', id, 'room', room, 'kind', kind, 'text', content, 'seq', seq, 'at', created_at)::text) from written`.then(
    ([row]) => {
      if (row) socket.send(ackOf(id, Number(row.seq), row.created_at.toISOString()));
    },
  );
});

await listener.listen('bench', (payload) => {
  const { room, seq, at, ...message } = JSON.parse(payload) as Sent & {
    room: string;
    seq: number;
    at: string;
  };
  rooms.broadcast(room, messageOf(message, seq, at), senders.get(message.id));
  senders.delete(message.id);
});
