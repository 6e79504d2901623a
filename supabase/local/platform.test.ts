import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { preparePlatform } from './platform.ts';
import { type RunningPostgres, startPostgres } from './postgres.ts';

let folder: string;
let server: RunningPostgres;
let owner: postgres.Sql;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'wellchina-test-'));
  server = await startPostgres({ dataDir: path.join(folder, 'postgres'), port: 0, durable: false });
  await preparePlatform(server.adminUrl);
  owner = postgres(server.databaseUrl, { max: 2, onnotice: () => {} });
});

afterAll(async () => {
  await owner.end();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

test('preparing again changes nothing and fails at nothing', async () => {
  const id = crypto.randomUUID();
  await owner`insert into auth.users (id, email) values (${id}, 'kept@example.test')`;
  await preparePlatform(server.adminUrl);
  await expect(owner`select email from auth.users where id = ${id}`).resolves.toMatchObject([
    { email: 'kept@example.test' },
  ]);
});

test.each(['anon', 'authenticated', 'service_role'])('the owner may become %s', async (role) => {
  const [row] = await owner.begin(async (tx) => {
    await tx.unsafe(`set local role ${role}`);
    return tx`select current_user as role`;
  });
  expect(row?.role).toBe(role);
});

test('the owner may neither become supabase_auth_admin nor build in its schema', async () => {
  await expect(owner.unsafe('set role supabase_auth_admin')).rejects.toMatchObject({ code: '42501' });
  await expect(owner.unsafe('create table auth.mine ()')).rejects.toMatchObject({ code: '42501' });
  await expect(owner.unsafe('alter table auth.users add column mine int')).rejects.toMatchObject({
    code: '42501',
  });
});

test('the owner cannot hand usage of auth on, as on a hosted project', async () => {
  await owner.unsafe(
    'create role some_role; grant some_role to postgres; grant usage on schema auth to some_role',
  );
  const [row] = await owner`select has_schema_privilege('some_role', 'auth', 'usage') as usage`;
  expect(row?.usage).toBe(false);
});

test('the owner may refer to auth.users and hang a trigger on it', async () => {
  await owner.unsafe(`
    create table public.people (id uuid primary key references auth.users (id) on delete cascade);
    create function public.new_person() returns trigger language plpgsql security definer set search_path = ''
      as $$ begin insert into public.people values (new.id); return new; end $$;
    create trigger new_person after insert on auth.users for each row execute function public.new_person();
    insert into auth.users (id, email) values (gen_random_uuid(), 'trigger@example.test');`);
  const [row] = await owner`select count(*)::int as people from public.people`;
  expect(row?.people).toBe(1);
});

test("a new table, function or sequence of the owner's is open to the API's roles until that is revoked", async () => {
  const privileges = (table: string) => owner`
    select bool_and(has_table_privilege(role, ${table}, 'select, insert, update, delete, truncate')) as everything,
      bool_or(has_table_privilege(role, ${table}, 'select')) as anything
    from unnest(array['anon', 'authenticated']) as role`;
  await owner.unsafe('create table public.before ()');
  await expect(privileges('public.before')).resolves.toMatchObject([{ everything: true }]);
  await owner.unsafe(`
    alter default privileges in schema public revoke all on tables from anon, authenticated;
    create table public.after ();`);
  await expect(privileges('public.after')).resolves.toMatchObject([{ anything: false }]);
});

test('auth.uid, auth.role and auth.jwt read the claims of the transaction', async () => {
  const claims = { sub: crypto.randomUUID(), role: 'authenticated', is_anonymous: true };
  const [row] = await owner.begin(async (tx) => {
    await tx`select set_config('request.jwt.claims', ${JSON.stringify(claims)}, true), set_config('role', 'authenticated', true)`;
    return tx`select auth.uid() as uid, auth.role() as role, auth.jwt() as jwt`;
  });
  expect(row).toEqual({ uid: claims.sub, role: 'authenticated', jwt: claims });
  const [none] = await owner`select auth.uid() as uid, auth.jwt() as jwt`;
  expect(none).toEqual({ uid: null, jwt: null });
});

test('nobody reads auth.users through the API', async () => {
  for (const role of ['anon', 'authenticated', 'service_role']) {
    const reading = owner.begin(async (tx) => {
      await tx.unsafe(`set local role ${role}`);
      return tx`select * from auth.users`;
    });
    await expect(reading).rejects.toMatchObject({ code: '42501' });
  }
});
