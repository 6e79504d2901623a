import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import {
  as,
  type Connection,
  connect,
  createAccount,
  createAgent,
  type Who,
} from '../workers/testing/postgres.ts';

let sql: Connection;
const people: Record<
  'guest' | 'registered' | 'agent' | 'deactivated admin' | 'guest with an admin’s row',
  Who
> = {} as never;
let admin: Who;
const id = crypto.randomUUID();

const entry = (change: Record<string, unknown> = {}) => ({
  id: crypto.randomUUID(),
  at: '2026-03-01T12:00:00.000Z',
  action: 'opened',
  actor: { id: crypto.randomUUID(), role: 'agent', name: 'Support One', from: '203.0.113.0/24' },
  conversationId: crypto.randomUUID(),
  agent: null,
  change: null,
  ...change,
});
const record = (...entries: object[]) =>
  as(
    sql,
    { role: 'chat_room' },
    (tx) => tx`select private.record_audit(${JSON.stringify(entries)}::text::jsonb)`,
  );
const read = (who: Who) => as(sql, who, (tx) => tx`select id from public.audit_log where id = ${id}`);
const person = async (role: 'agent' | 'admin', active = true, anonymous = false): Promise<Who> => {
  const sub = await createAgent(sql, { active });
  await sql`update public.chat_agents set role = ${role} where id = ${sub}`;
  return { role: 'authenticated', sub, anonymous };
};

beforeAll(async () => {
  sql = connect(inject('backend').databaseUrl);
  people.guest = { role: 'authenticated', sub: await createAccount(sql), anonymous: true };
  people.registered = {
    role: 'authenticated',
    sub: await createAccount(sql, { email: `${id}@visitors.test` }),
  };
  people.agent = await person('agent');
  people['deactivated admin'] = await person('admin', false);
  people['guest with an admin’s row'] = await person('admin', true, true);
  admin = await person('admin');
  await record(entry({ id }));
});
afterAll(() => sql.end());

describe('the audit log', () => {
  test('is read by admins', async () => {
    expect(await read(admin)).toHaveLength(1);
  });

  test.each(['guest', 'registered', 'agent', 'deactivated admin', 'guest with an admin’s row'] as const)(
    'is not read by a %s',
    async (name) => {
      expect(await read(people[name])).toHaveLength(0);
    },
  );

  test('keeps what is written: nobody changes or deletes it, not even its owner', async () => {
    for (const statement of [
      `update public.audit_log set actor_name = 'Nobody' where id = '${id}'`,
      `delete from public.audit_log where id = '${id}'`,
      'truncate public.audit_log',
    ]) {
      await expect(sql.unsafe(statement), statement).rejects.toMatchObject({ code: '42501' });
      await expect(
        as(sql, { role: 'service_role' }, (tx) => tx.unsafe(statement)),
        statement,
      ).rejects.toMatchObject({ code: '42501' });
      await expect(
        as(sql, admin, (tx) => tx.unsafe(statement)),
        statement,
      ).rejects.toMatchObject({
        code: '42501',
      });
    }
  });

  test('takes an entry once, however often it comes', async () => {
    const again = entry();
    await record(again);
    await record(again, { ...again, action: 'closed' }, entry());
    const rows = await sql`select action from public.audit_log where id = ${again.id}`;
    expect([...rows]).toEqual([{ action: 'opened' }]);
  });

  test.each([
    ['a whole address', { actor: { ...entry().actor, from: '203.0.113.7/32' } }],
    ['a whole address of IPv6', { actor: { ...entry().actor, from: '2001:db8:1:2::7/128' } }],
    ['an action it does not know', { action: 'read the mail of' }],
    ['somebody’s words in place of a name', { actor: { ...entry().actor, name: 'a'.repeat(81) } }],
    ['a change of what does not change', { change: { from: 'hello', to: 'world' } }],
    ['somebody who is nobody', { actor: { ...entry().actor, id: null } }],
  ])('refuses %s', async (_, change) => {
    await expect(record(entry(change))).rejects.toMatchObject({ code: expect.stringMatching(/^2/u) });
  });
});
