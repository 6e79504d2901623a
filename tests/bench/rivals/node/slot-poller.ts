/**
 * Insert, and hear of it from a logical replication slot that is polled as Supabase Realtime's `postgres_changes` does
 * by default: again at once after rows came, 100 ms later when none did (its `poll_interval_ms`), at most 100
 * changes a poll (`poll_max_changes`). Kinder than the original: no wal2json, no policies checked for each subscriber.
 * It feeds Postgres, one commit a message.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { readInsert } from './pgoutput.ts';
import { ackOf, messageOf, NodeRooms, type Sent } from './rooms.ts';

const POLL_INTERVAL_MS = 100;
const POLL_MAX_CHANGES = 100;

const url = process.env.RIVAL_DATABASE_URL ?? '';
const sql = postgres(url, { max: 10, fetch_types: false });
const poller = postgres(url, { max: 1, fetch_types: false });

const rooms = new NodeRooms((room, socket, data) => {
  const { id, kind, text } = JSON.parse(data) as Sent;
  void sql<{ seq: string; created_at: Date }[]>`
    insert into bench.messages (id, room, kind, content) values (${id}, ${room}, ${kind}, ${text})
    returning seq, created_at`.then(([row]) => {
    if (row) socket.send(ackOf(id, Number(row.seq), row.created_at.toISOString()));
  });
});

await poller`select pg_create_logical_replication_slot('bench', 'pgoutput', true)`;
for (;;) {
  const changes = await poller<{ data: Buffer }[]>`
    select data from pg_logical_slot_get_binary_changes('bench', null, ${POLL_MAX_CHANGES},
      'proto_version', '1', 'publication_names', 'bench')`;
  for (const { data } of changes) {
    const columns = readInsert(data);
    if (!columns) continue;
    const [id, seq, room, kind, text, at] = columns as [string, string, string, string, string, string];
    rooms.broadcast(room, messageOf({ id, kind, text }, Number(seq), new Date(at).toISOString()), undefined);
  }
  if (changes.length === 0) await sleep(POLL_INTERVAL_MS);
}
