import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestBackend, type TestBackend } from '../supabase/local/testing.ts';
import { type Connection, connect, createAgent } from '../workers/testing/postgres.ts';

const LAST_ADMIN = { code: 'WC001' };
let backend: TestBackend;
let sql: Connection;
let one: string;
let two: string;

// A database of its own: in the shared one there is always another admin.
beforeAll(async () => {
  backend = await startTestBackend({ seed: false });
  sql = connect(backend.databaseUrl);
  [one, two] = [await createAgent(sql), await createAgent(sql)];
  await createAgent(sql);
}, 60_000);
afterAll(async () => {
  await sql.end();
  await backend.stop();
});

const demote = (db: Pick<Connection, 'unsafe'>, id: string) =>
  db.unsafe(`update public.chat_agents set role = 'agent' where id = '${id}'`);

test('an admin may go while another is left, the last may not: neither demoted nor deactivated, alone or with the rest', async () => {
  await sql`update public.chat_agents set role = 'admin' where id in (${one}, ${two})`;
  await demote(sql, one);
  await expect(demote(sql, two)).rejects.toMatchObject(LAST_ADMIN);
  await expect(sql`update public.chat_agents set active = false where id = ${two}`).rejects.toMatchObject(
    LAST_ADMIN,
  );
  await sql`update public.chat_agents set role = 'admin' where id = ${one}`;
  await expect(sql`update public.chat_agents set role = 'agent'`).rejects.toMatchObject(LAST_ADMIN);
  await expect(sql`update public.chat_agents set active = false`).rejects.toMatchObject(LAST_ADMIN);
  await sql`update public.chat_agents set name = 'Renamed', max_chats = 1 where id = ${two}`;
});

test('the last admin’s row stays, and so does their account in Auth; another’s goes', async () => {
  const [gone, stays, agent] = [await createAgent(sql), await createAgent(sql), await createAgent(sql)];
  await sql`update public.chat_agents set role = 'admin' where id in (${gone}, ${stays})`;
  await sql`update public.chat_agents set role = 'agent' where id in (${one}, ${two})`;
  await sql`delete from auth.users where id = ${gone}`;
  await sql`delete from public.chat_agents where id = ${agent}`;
  await expect(sql`delete from public.chat_agents where id = ${stays}`).rejects.toMatchObject(LAST_ADMIN);
  await expect(sql`delete from auth.users where id = ${stays}`).rejects.toMatchObject(LAST_ADMIN);
  await sql`update public.chat_agents set role = 'admin' where id = ${two}`;
  await sql`delete from auth.users where id = ${stays}`;
  await sql`update public.chat_agents set role = 'admin' where id in (${one}, ${two})`;
});

test('of two admins who are deleted at once, one is left', async () => {
  const admins = sql`select id from public.chat_agents where role = 'admin' and active`;
  expect(await admins).toHaveLength(2);
  await expect(sql`delete from public.chat_agents where role = 'admin'`).rejects.toMatchObject(LAST_ADMIN);
  const both = [one, two].map((id) =>
    sql`delete from public.chat_agents where id = ${id}`.then(
      () => 'gone',
      (error: { code: string }) => error.code,
    ),
  );
  expect((await Promise.all(both)).sort()).toEqual(['WC001', 'gone']);
  for (const id of [one, two]) {
    await sql`insert into public.chat_agents (id, name, role) values (${id}, 'Admin', 'admin')
      on conflict (id) do nothing`;
  }
});

test('two admins who demote each other at once: one is left, every time', async () => {
  for (let round = 0; round < 10; round++) {
    await sql`update public.chat_agents set role = 'admin' where id in (${one}, ${two})`;
    const outcomes = await Promise.allSettled([demote(sql, one), demote(sql, two)]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const [left] =
      await sql`select count(*)::int as n from public.chat_agents where role = 'admin' and active`;
    expect(left).toEqual({ n: 1 });
  }
});

test('also when the first has not committed when the second asks', async () => {
  await sql`update public.chat_agents set role = 'admin' where id in (${one}, ${two})`;
  let second: Promise<unknown> | undefined;
  await sql.begin(async (tx) => {
    await demote(tx, one);
    second = demote(sql, two).then(
      () => 'demoted',
      (error: { code: string }) => error.code,
    );
    // It waits: nothing is decided before the first is.
    expect(await Promise.race([second, waiting()])).toBe('waiting');
  });
  expect(await second).toBe('WC001');

  async function waiting(): Promise<string> {
    for (;;) {
      const [row] =
        await sql`select count(*)::int as n from pg_locks where locktype = 'advisory' and not granted`;
      if (row?.n > 0) return 'waiting';
    }
  }
});
