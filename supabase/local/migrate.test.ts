import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import postgres from 'postgres';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { MigrationError, migrate } from './migrate.ts';
import { type RunningPostgres, startPostgres } from './postgres.ts';

let folder: string;
let files: string;
let server: RunningPostgres;
let sql: postgres.Sql;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'wellchina-test-'));
  server = await startPostgres({ dataDir: path.join(folder, 'postgres'), port: 0, durable: false });
  sql = postgres(server.databaseUrl, { max: 2, onnotice: () => {} });
});

afterAll(async () => {
  await sql.end();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  files = await mkdtemp(path.join(folder, 'migrations-'));
  await sql.unsafe(
    'drop schema if exists supabase_migrations cascade; drop table if exists public.one, public.two',
  );
});

const write = (name: string, source: string) => writeFile(path.join(files, name), source);
const run = () => migrate(server.databaseUrl, files);

test('files are applied in the order of their versions, as the ordinary owner, and written down as the CLI does', async () => {
  await write('20260102000000_second.sql', 'insert into public.one values (current_user); -- done\n');
  await write(
    '20260101000000_first_one.sql',
    '-- one\ncreate table public.one (who text);\ncreate table public.two ();\n',
  );
  await expect(run()).resolves.toEqual({ applied: ['20260101000000', '20260102000000'] });
  await expect(sql`select * from public.one`).resolves.toMatchObject([{ who: 'postgres' }]);
  const book =
    await sql`select version, name, statements from supabase_migrations.schema_migrations order by version`;
  expect([...book]).toEqual([
    {
      version: '20260101000000',
      name: 'first_one',
      statements: ['-- one\ncreate table public.one (who text)', 'create table public.two ()'],
    },
    {
      version: '20260102000000',
      name: 'second',
      statements: ['insert into public.one values (current_user)'],
    },
  ]);
});

test('a second run applies nothing, a new file alone is applied', async () => {
  await write('1_one.sql', 'create table public.one ()');
  await run();
  await expect(run()).resolves.toEqual({ applied: [] });
  await write('2_two.sql', 'create table public.two ()');
  await expect(run()).resolves.toEqual({ applied: ['2'] });
});

test('what the CLI has applied is not applied again', async () => {
  await write('1_one.sql', 'create table public.one ()');
  await sql.unsafe(`
    create schema supabase_migrations;
    create table supabase_migrations.schema_migrations (version text not null primary key);
    insert into supabase_migrations.schema_migrations values ('1');`);
  await expect(run()).resolves.toEqual({ applied: [] });
});

test('a migration that fails leaves no half, and the error says where', async () => {
  await write('1_one.sql', 'create table public.one ();');
  await write('2_broken.sql', 'create table public.two ();\n\nselect 1,\n  no_such_column;\n');
  const failure = await run().catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(MigrationError);
  expect(failure).toMatchObject({ code: '42703', line: 4, file: path.join(files, '2_broken.sql') });
  expect((failure as Error).message).toContain('2_broken.sql:4:');
  const [row] =
    await sql`select to_regclass('public.one') is not null as one, to_regclass('public.two') is not null as two`;
  expect(row).toEqual({ one: true, two: false });
  await write('2_broken.sql', 'create table public.two ();');
  await expect(run()).resolves.toEqual({ applied: ['2'] });
});

test("other files and drizzle's meta folder are left alone", async () => {
  await mkdir(path.join(files, 'meta'));
  await mkdir(path.join(files, '3_folder.sql'));
  await write('README.md', 'no');
  await write('draft.sql', 'no');
  await write('1_one.sql', 'create table public.one ()');
  await expect(run()).resolves.toEqual({ applied: ['1'] });
});

test('two at once take turns: each file is applied once', async () => {
  await write('1_one.sql', 'create table public.one ()');
  await write('2_two.sql', 'create table public.two ()');
  const both = await Promise.all([run(), run()]);
  expect(both.flatMap((each) => each.applied).sort()).toEqual(['1', '2']);
});

test('a database that is ahead of the folder is refused', async () => {
  await write('1_one.sql', 'create table public.one ()');
  await run();
  await rm(path.join(files, '1_one.sql'));
  await expect(run()).rejects.toThrow('does not know: 1');
});
