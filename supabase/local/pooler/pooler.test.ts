import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import postgres from 'postgres';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type RunningPostgres, startPostgres } from '../postgres.ts';
import { type Pooler, startPooler } from './pooler.ts';

let folder: string;
let server: RunningPostgres;
let pooler: Pooler;
let watcher: postgres.Sql;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'wellchina-test-'));
  server = await startPostgres({ dataDir: path.join(folder, 'postgres'), port: 0, durable: false });
});

afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  pooler = await startPooler(server.databaseUrl);
  watcher = postgres(server.adminUrl, { max: 1, onnotice: () => {} });
});

afterEach(async () => {
  await watcher.end();
  await pooler.stop();
});

interface Client {
  sql: postgres.Sql;
  /** Goes as a Worker's invocation does: without a word. */
  vanish(): Promise<void>;
}

function client(url = pooler.url): Client {
  let socket: net.Socket | null = null;
  const { port } = new URL(url);
  const sql = postgres(url, {
    max: 1,
    fetch_types: false,
    onnotice: () => {},
    ...({ socket: () => (socket = net.connect(Number(port), '127.0.0.1')) } as object),
  });
  return {
    sql,
    async vanish() {
      const gone = socket && once(socket, 'close');
      socket?.destroy();
      await gone;
      await sql.end({ timeout: 0 }).catch(() => {});
    },
  };
}

const pidOf = async ({ sql }: Client) => (await sql`select pg_backend_pid() as pid`)[0]?.pid as number;

/** Whether Postgres has a backend of this process id that does nothing. */
const isIdle = async (pid: number) =>
  (
    await watcher`select from pg_stat_activity where pid = ${pid} and state = 'idle' and query = 'discard all'`
  ).length === 1;

const isGone = async (pid: number) =>
  (await watcher`select from pg_stat_activity where pid = ${pid}`).length === 0;

const soon = (what: () => Promise<boolean>) =>
  expect.poll(what, { timeout: 10_000, interval: 10 }).toBe(true);

test('who comes after somebody has gone gets the connection that is open already', async () => {
  const first = client();
  const pid = await pidOf(first);
  await first.vanish();
  await soon(() => isIdle(pid));
  const second = client();
  expect(await pidOf(second)).toBe(pid);
  await second.vanish();
});

test('two at once have a connection each', async () => {
  const [one, other] = [client(), client()];
  expect(await pidOf(one)).not.toBe(await pidOf(other));
  await Promise.all([one.vanish(), other.vanish()]);
});

test('nothing of a session is left for the next one', async () => {
  const first = client();
  const pid = await pidOf(first);
  await first.sql`create temporary table mine (word text)`;
  await first.sql`select set_config('request.jwt.claims', 'mine', false), set_config('search_path', 'mine', false)`;
  await first.sql`select pg_advisory_lock(7)`;
  await first.sql.unsafe('prepare mine as select 1');
  await first.vanish();
  await soon(() => isIdle(pid));
  const second = client();
  expect(await pidOf(second)).toBe(pid);
  const [left] = await second.sql`
    select to_regclass('pg_temp.mine') as table, current_setting('request.jwt.claims', true) as claims,
      current_setting('search_path') as path, (select count(*)::int from pg_prepared_statements where name = 'mine') as prepared,
      (select count(*)::int from pg_locks where locktype = 'advisory') as locks`;
  expect(left).toEqual({
    table: null,
    claims: '',
    path: '"$user", public, extensions',
    prepared: 0,
    locks: 0,
  });
  await second.vanish();
});

test('a transaction that was left open is undone, and nobody else gets into it', async () => {
  await watcher`create table if not exists public.kept (word text)`;
  await watcher`grant all on public.kept to postgres`;
  const first = client();
  const pid = await pidOf(first);
  const inside = Promise.withResolvers<void>();
  const transaction = first.sql.begin(async (tx) => {
    await tx`insert into public.kept values ('half')`;
    inside.resolve();
    await new Promise(() => {});
  });
  transaction.catch(() => {});
  await inside.promise;
  await first.vanish();
  const second = client();
  expect(await pidOf(second)).not.toBe(pid);
  await soon(() => isGone(pid));
  expect(await second.sql`select * from public.kept`).toHaveLength(0);
  await second.vanish();
});

test('a connection whose query was still running is not lent out again', async () => {
  const first = client();
  const pid = await pidOf(first);
  const asleep = first.sql`select pg_sleep(30)`;
  asleep.catch(() => {});
  await soon(
    async () =>
      (await watcher`select from pg_stat_activity where pid = ${pid} and wait_event = 'PgSleep'`).length ===
      1,
  );
  await first.vanish();
  const second = client();
  expect(await pidOf(second)).not.toBe(pid);
  await watcher`select pg_terminate_backend(${pid})`;
  await second.vanish();
});

test('an error leaves the connection usable, for its client and for the next', async () => {
  const first = client();
  const pid = await pidOf(first);
  await expect(first.sql`select 1 / 0`).rejects.toMatchObject({ code: '22012' });
  expect(await pidOf(first)).toBe(pid);
  await first.vanish();
  await soon(() => isIdle(pid));
  const second = client();
  expect(await pidOf(second)).toBe(pid);
  await second.vanish();
});

test('nobody gets in without the password, whether a connection is open already or not', async () => {
  const guess = pooler.url.replace(/:[^:@]+@/u, ':guess@');
  const refused = async () => {
    const { sql, vanish } = client(guess);
    await expect(sql`select 1`).rejects.toMatchObject({ code: '28P01' });
    await vanish();
  };
  await refused();
  const first = client();
  const pid = await pidOf(first);
  await first.vanish();
  await soon(() => isIdle(pid));
  await refused();
  await soon(() => isIdle(pid));
});

test('what is larger than any buffer arrives whole, both ways', async () => {
  const { sql, vanish } = client();
  const text = 'implant '.repeat(500_000);
  const answers = await Promise.all([
    sql`select ${text}::text as text`,
    sql`select ${`${text}!`}::text as text`,
  ]);
  expect(answers.map(([row]) => row?.text.length)).toEqual([text.length, text.length + 1]);
  await vanish();
});

test('a query can be cancelled', async () => {
  const first = client();
  const pid = await pidOf(first);
  await first.vanish();
  await soon(() => isIdle(pid));
  // Through a connection that was opened by somebody else: the key has to be that one's.
  const { sql, vanish } = client();
  const asleep = sql`select pg_sleep(30)`.execute();
  await soon(
    async () =>
      (await watcher`select from pg_stat_activity where pid = ${pid} and wait_event = 'PgSleep'`).length ===
      1,
  );
  asleep.cancel();
  await expect(asleep).rejects.toMatchObject({ code: '57014' });
  await vanish();
});

test('while Postgres is away everybody hears so at once, and gets in when it is back', async () => {
  const first = client();
  const pid = await pidOf(first);
  await first.vanish();
  await soon(() => isIdle(pid));
  await watcher.end();
  await server.stop();
  const away = client();
  await expect(away.sql`select 1`).rejects.toMatchObject({ code: '08006' });
  await away.vanish();
  await server.restart();
  const back = client();
  expect(await pidOf(back)).toBeGreaterThan(0);
  await back.vanish();
  watcher = postgres(server.adminUrl, { max: 1, onnotice: () => {} });
});
