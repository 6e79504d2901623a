import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningPostgres, startPostgres } from './postgres.ts';
import { processStart } from './processes.ts';

let folder: string;
let dataDir: string;
let server: RunningPostgres;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'wellchina-test-'));
  dataDir = path.join(folder, 'postgres');
  server = await startPostgres({ dataDir, port: 0, durable: false });
});

afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

async function ask<T>(url: string, work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    return await work(sql);
  } finally {
    await sql.end();
  }
}

test('the owner is as powerful as a hosted postgres, and no superuser', async () => {
  const [role] = await ask(
    server.databaseUrl,
    (sql) => sql`
      select rolname, rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls,
        (select pg_get_userbyid(datdba) from pg_database where datname = current_database()) as database_owner,
        pg_has_role('pg_database_owner', 'usage') as owns_public
      from pg_roles where rolname = current_user`,
  );
  expect(role).toEqual({
    rolname: 'postgres',
    rolsuper: false,
    rolcreaterole: true,
    rolcreatedb: true,
    rolreplication: true,
    rolbypassrls: true,
    database_owner: 'postgres',
    owns_public: true,
  });
  const [admin] = await ask(
    server.adminUrl,
    (sql) => sql`select current_user as name, usesuper from pg_user where usename = current_user`,
  );
  expect(admin).toEqual({ name: 'supabase_admin', usesuper: true });
});

test('it listens on loopback only, takes 300 connections, stores UTF-8 in C order', async () => {
  const [row] = await ask(
    server.databaseUrl,
    (sql) => sql`
      select current_setting('listen_addresses') as listens, current_setting('max_connections') as connections,
        current_setting('server_encoding') as encoding,
        (select datcollate from pg_database where datname = current_database()) as collation`,
  );
  expect(row).toEqual({ listens: '127.0.0.1', connections: '300', encoding: 'UTF8', collation: 'C' });
});

test('nobody gets in without the password', async () => {
  const url = server.adminUrl.replace(/:[^:@]+@/, ':guess@');
  await expect(ask(url, (sql) => sql`select 1`)).rejects.toMatchObject({ code: '28P01' });
});

test('a second start on the same folder is refused while the first runs', async () => {
  await expect(startPostgres({ dataDir, port: 0 })).rejects.toThrow(`run by process ${process.pid}`);
});

test('data survive stop and restart on the same port, and stop may be called twice', async () => {
  await ask(server.databaseUrl, (sql) =>
    sql.unsafe("create table kept (word text); insert into kept values ('here')"),
  );
  await server.stop();
  await server.stop();
  await expect(ask(server.databaseUrl, (sql) => sql`select 1`)).rejects.toMatchObject({
    code: 'ECONNREFUSED',
  });
  await server.restart();
  const rows = await ask(server.databaseUrl, (sql) => sql`select word from kept`);
  expect([...rows]).toEqual([{ word: 'here' }]);
});

test('another start goes on with the data, on another port when the wanted one is taken', async () => {
  await server.stop();
  const squatter = createServer().listen(0, '127.0.0.1');
  await once(squatter, 'listening');
  const { port } = squatter.address() as { port: number };
  const begun = performance.now();
  server = await startPostgres({ dataDir, port, durable: false });
  expect(performance.now() - begun).toBeLessThan(2000);
  squatter.close();
  expect(server.port).not.toBe(port);
  const rows = await ask(server.databaseUrl, (sql) => sql`select word from kept`);
  expect([...rows]).toEqual([{ word: 'here' }]);
});

test('a start that was interrupted while making the cluster is begun anew', async () => {
  const half = path.join(folder, 'half');
  await mkdir(path.join(half, 'cluster.new', 'base'), { recursive: true });
  await mkdir(path.join(half, 'cluster'), { recursive: true });
  const other = await startPostgres({ dataDir: half, port: 0, durable: false });
  await expect(ask(other.databaseUrl, (sql) => sql`select 1 as one`)).resolves.toMatchObject([{ one: 1 }]);
  await other.stop();
});

test('a private folder above the data does not keep it from starting', async () => {
  const hidden = path.join(folder, 'hidden');
  const inner = path.join(hidden, 'data');
  await mkdir(inner, { recursive: true });
  await chmod(hidden, 0o700);
  for (const word of ['first', 'second']) {
    const other = await startPostgres({ dataDir: inner, port: 0, durable: false });
    const rows = await ask(other.databaseUrl, async (sql) => {
      await sql.unsafe('create table if not exists words (word text)');
      await sql`insert into words values (${word})`;
      return sql`select word from words`;
    });
    await other.stop();
    expect(rows.map((row) => row.word)).toEqual(word === 'first' ? ['first'] : ['first', 'second']);
  }
  await rm(inner, { recursive: true });
  const anew = await startPostgres({ dataDir: inner, port: 0, durable: false });
  await expect(ask(anew.databaseUrl, (sql) => sql`select word from words`)).rejects.toMatchObject({
    code: '42P01',
  });
  await anew.stop();
});

/** Runs a program that starts Postgres on `data` and then waits; resolves with it once Postgres is up. */
async function keeper(data: string) {
  const module = new URL('./postgres.ts', import.meta.url).href;
  const program = `
    const { startPostgres } = await import(${JSON.stringify(module)});
    const server = await startPostgres({ dataDir: ${JSON.stringify(data)}, port: 0, durable: false });
    console.log(server.pid);
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, pid: Number(line.toString()) };
}

const alive = (pid: number) => processStart(pid) !== null;

async function ended(pid: number): Promise<void> {
  await expect.poll(() => alive(pid), { timeout: 10_000, interval: 20 }).toBe(false);
}

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s to its parent ends it too', async (signal) => {
  const { child, pid } = await keeper(path.join(folder, 'kept'));
  child.kill(signal);
  await once(child, 'exit');
  await ended(pid);
});

test('what kill -9 left behind is ended, and the next start goes on', async () => {
  const data = path.join(folder, 'kept');
  const { child, pid } = await keeper(data);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(alive(pid)).toBe(true);
  const next = await startPostgres({ dataDir: data, port: 0, durable: false });
  expect(alive(pid)).toBe(false);
  process.kill(next.pid, 'SIGKILL');
  await ended(next.pid);
  await next.restart();
  await expect(ask(next.databaseUrl, (sql) => sql`select 1 as one`)).resolves.toMatchObject([{ one: 1 }]);
  await next.stop();
});
