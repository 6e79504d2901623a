import { env } from 'cloudflare:workers';
import { sql } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { Connection, type Role } from './database.ts';

const connection = () => new Connection(env.HYPERDRIVE.connectionString);

/** What the first thing that is asked in a transaction sees. */
async function seenBy(role: Role, one = connection()) {
  const [row] = await one.transaction(role, (tx) =>
    tx.execute(sql`select current_user as who, current_setting('request.jwt.claims') as claims,
      current_setting('statement_timeout') as timeout`),
  );
  return row;
}

test.each(['chat_room', 'service_role'] as const)('the first thing asked is asked as %s', async (as) => {
  expect(await seenBy({ as })).toEqual({ who: as, claims: JSON.stringify({ role: as }), timeout: '15s' });
});

test('a person’s claims arrive as they are, whatever they hold', async () => {
  const sub = `'); reset role; select ('\\' || E'\\'' -- 数 '`;
  const row = await seenBy({ as: 'authenticated', claims: { sub, isAnonymous: true } });
  expect(row?.who).toBe('authenticated');
  expect(JSON.parse(String(row?.claims))).toEqual({ sub, role: 'authenticated', is_anonymous: true });
});

test('two transactions at once on one connection each have their own role', async () => {
  const one = connection();
  const rows = await Promise.all([
    seenBy({ as: 'chat_room' }, one),
    seenBy({ as: 'authenticated', claims: { sub: 'somebody', isAnonymous: false } }, one),
    seenBy({ as: 'service_role' }, one),
  ]);
  expect(rows.map((row) => row?.who)).toEqual(['chat_room', 'authenticated', 'service_role']);
});

test('a role that can’t be had fails the transaction before anything is written', async () => {
  const nobody = { as: 'no_such_role' } as unknown as Role;
  const made = connection().transaction(nobody, async (tx) => {
    await tx.execute(sql`create table public.never (word text)`);
  });
  await expect(made).rejects.toThrow();
  const rows = await connection().transaction({ as: 'service_role' }, (tx) =>
    tx.execute(sql`select to_regclass('public.never') as found`),
  );
  expect([...rows]).toEqual([{ found: null }]);
});
