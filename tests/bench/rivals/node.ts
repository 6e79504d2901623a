import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Rival } from './workerd.ts';

export type NodeRival = 'database-first' | 'slot-poller' | 'socketio';

/** Runs a rival that its users run in Node, as a process of its own, on a table like ours in the same Postgres (see `stage.ts`). */
export async function startNodeRival(name: NodeRival, databaseUrl: string): Promise<Rival> {
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
