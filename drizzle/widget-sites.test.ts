import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import {
  as,
  type Connection,
  connect,
  createAccount,
  createAgent,
  type Who,
} from '../workers/testing/postgres.ts';

let sql: Connection;
let admin: Who;
const others: Record<string, Who> = {};
const origin = `https://${crypto.randomUUID()}.example`;

const read = (who: Who) =>
  as(sql, who, (tx) => tx`select origin from public.widget_sites where origin = ${origin}`);

beforeAll(async () => {
  sql = connect(inject('backend').databaseUrl);
  const person = async (change: { active?: boolean; role?: 'agent' | 'admin'; anonymous?: boolean }) => {
    const { active = true, role = 'admin', anonymous = false } = change;
    const sub = await createAgent(sql, { active });
    await sql`update public.chat_agents set role = ${role} where id = ${sub}`;
    return { role: 'authenticated', sub, anonymous } as const;
  };
  admin = await person({});
  others.agent = await person({ role: 'agent' });
  others['deactivated admin'] = await person({ active: false });
  others['guest with an admin’s row'] = await person({ anonymous: true });
  others.guest = { role: 'authenticated', sub: await createAccount(sql), anonymous: true };
  await sql`insert into public.widget_sites (origin, label) values (${origin}, 'Shop')`;
});
afterAll(() => sql.end());

test('admins read the list of sites', async () => {
  expect(await read(admin)).toHaveLength(1);
});

test.each(['agent', 'deactivated admin', 'guest with an admin’s row', 'guest'])(
  '%s: none of it',
  async (name) => {
    const who = others[name];
    if (!who) throw new Error('nobody');
    expect(await read(who)).toHaveLength(0);
  },
);

test('nobody writes it, admins neither: that is the Worker’s', async () => {
  for (const who of [admin, ...Object.values(others)]) {
    for (const statement of [
      `insert into public.widget_sites (origin) values ('https://evil.example')`,
      `update public.widget_sites set origin = 'https://evil.example'`,
      'delete from public.widget_sites',
      'truncate public.widget_sites',
    ]) {
      await expect(as(sql, who, (tx) => tx.unsafe(statement))).rejects.toMatchObject({ code: '42501' });
    }
  }
});

test.each([
  'https://a.example;script-src *',
  'https://a.example https://b.example',
  'https://a.example/path',
  'https://a.example\n',
  'https://*',
  '*',
  'ftp://a.example',
  '',
])('Postgres itself refuses %j as an origin: it becomes part of a header', async (bad) => {
  await expect(sql`insert into public.widget_sites (origin) values (${bad})`).rejects.toMatchObject({
    code: '23514',
  });
});
