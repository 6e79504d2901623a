import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type postgres from 'postgres';
import type { Rival } from './workerd.ts';

export type NodeRival = 'database-first' | 'slot-poller' | 'socketio';

/** Runs a rival that its users run in Node, as a process of its own, on a table like ours in the same Postgres. */
export async function startNodeRival(
  name: NodeRival,
  databaseUrl: string,
  sql: postgres.Sql,
): Promise<Rival> {
  await prepare(sql);
  const child = fork(path.join(import.meta.dirname, 'node', `${name}.ts`), {
    env: { ...process.env, RIVAL_DATABASE_URL: databaseUrl, NODE_ENV: 'production' },
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  const ended = once(child, 'exit');
  const port = await Promise.race([
    once(child, 'message').then(([message]) => (message as { port: number }).port),
    ended.then(() => {
      throw new Error(`the rival ${name} did not start`);
    }),
  ]);
  const stop = async () => {
    if (child.connected) child.disconnect();
    await ended;
  };
  const wsUrl = `ws://127.0.0.1:${port}`;
  return name === 'socketio'
    ? {
        wsUrl,
        stop,
        dialect: 'socketio',
        path: (room) => `socket.io/?EIO=4&transport=websocket&room=${room}`,
      }
    : { wsUrl, stop };
}

/** The rivals' table: what a chat's table has at least, with the index that its pages are read by. */
async function prepare(sql: postgres.Sql): Promise<void> {
  await sql.unsafe(`
    create schema if not exists bench;
    create table if not exists bench.messages (
      id uuid primary key, seq bigint generated always as identity, room text not null, kind text not null,
      content text not null, created_at timestamptz not null default now());
    create index if not exists messages_room on bench.messages (room, seq);
    grant usage on schema bench to postgres;
    grant all on bench.messages to postgres;`);
}
