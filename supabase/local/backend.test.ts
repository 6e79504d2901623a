import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BackendOptions, startBackend } from './backend.ts';
import { seed, seededAccounts } from './seed.ts';
import { startTestBackend } from './testing.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'wellchina-test-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const options = (): BackendOptions => ({
  dataDir: path.join(folder, 'data'),
  durable: false,
  authPort: 0,
  postgresPort: 0,
  settings: { bcryptCost: 4 },
});

test('it goes on with the same data, keys and accounts at the second start', async () => {
  const first = await startBackend(options());
  await first.stop();
  await first.stop();
  const lines: string[] = [];
  const begun = performance.now();
  const second = await startBackend({ ...options(), log: (line) => lines.push(line) });
  expect(performance.now() - begun).toBeLessThan(3000);
  expect(lines.join('\n')).not.toContain('applied');
  expect([second.anonKey, second.serviceRoleKey]).toEqual([first.anonKey, first.serviceRoleKey]);
  const sql = postgres(second.databaseUrl, { max: 1 });
  const [row] = await sql`select count(*)::int as users from auth.users`;
  expect(row?.users).toBe(seededAccounts.length);
  await sql.end();
  await second.stop();
});

test('when a part fails, nothing is left running', async () => {
  const migrationsDir = await mkdtemp(path.join(folder, 'migrations-'));
  await writeFile(path.join(migrationsDir, '1_broken.sql'), 'select broken;');
  const dataDir = path.join(folder, 'broken');
  await expect(startBackend({ ...options(), dataDir, migrationsDir })).rejects.toThrow('1_broken.sql:1:');
  await writeFile(path.join(migrationsDir, '1_broken.sql'), 'select 1;');
  const backend = await startBackend({ ...options(), dataDir, migrationsDir, seed: false });
  await backend.stop();
});

test('the seeded accounts sign in, the desk by its rows, and seeding again changes nothing', async () => {
  const backend = await startTestBackend();
  const sql = postgres(backend.databaseUrl, { max: 1 });
  for (const { email, password } of seededAccounts) {
    expect((await backend.client().auth.signInWithPassword({ email, password })).error).toBeNull();
  }
  const desk = await sql`
    select u.email, a.name, a.role::text, a.active from public.chat_agents a join auth.users u using (id) order by u.email`;
  expect([...desk]).toEqual([
    { email: 'admin@wellchina.test', name: 'Support Admin', role: 'admin', active: true },
    { email: 'agent2@wellchina.test', name: 'Support Two', role: 'agent', active: true },
    { email: 'agent@wellchina.test', name: 'Support One', role: 'agent', active: true },
  ]);
  const [visitor] =
    await sql`select raw_user_meta_data->>'full_name' as name from auth.users where email = 'visitor@example.test'`;
  expect(visitor?.name).toBe('Vera Visitor');
  await sql`update public.chat_agents set name = 'Changed' where name = 'Support Two'`;
  await seed({
    url: backend.supabaseUrl,
    serviceRoleKey: backend.serviceRoleKey,
    databaseUrl: backend.databaseUrl,
  });
  const [changed] = await sql`select count(*)::int as n from public.chat_agents where name = 'Changed'`;
  expect(changed?.n).toBe(1);
  await sql.end();
  await backend.stop();
});
