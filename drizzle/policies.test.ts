import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import {
  as,
  type Connection,
  connect,
  createAccount,
  createAgent,
  createConversation,
  ingest,
  type Who,
} from '../workers/testing/postgres.ts';
import { ingestPart, logRow } from '../workers/testing/records.ts';

const DENIED = { code: '42501' };
const tables = ['audit_log', 'canned_responses', 'chat_agents', 'conversations', 'messages'] as const;
const names = [
  'anon',
  'guest A',
  'guest B',
  'registered visitor',
  'agent',
  'deactivated agent',
  'guest with an agent’s row',
] as const;
type Name = (typeof names)[number];

let sql: Connection;
const people = {} as Record<Name, Who>;
/** Whose conversation it is → its id. */
const conversations = {} as Record<'guest A' | 'guest B' | 'registered visitor', string>;

const run = (name: Name, statement: string) => as(sql, people[name], (tx) => tx.unsafe(statement));
const idOf = (name: Name) => {
  const who = people[name];
  return who.role === 'authenticated' ? who.sub : crypto.randomUUID();
};

beforeAll(async () => {
  sql = connect(inject('backend').databaseUrl);
  const guests = { 'guest A': await createAccount(sql), 'guest B': await createAccount(sql) };
  const registered = await createAccount(sql, {
    email: `${crypto.randomUUID()}@visitors.test`,
    name: 'Rita',
  });
  const agentGuest = await createAgent(sql);
  people.anon = { role: 'anon' };
  people['guest A'] = { role: 'authenticated', sub: guests['guest A'], anonymous: true };
  people['guest B'] = { role: 'authenticated', sub: guests['guest B'], anonymous: true };
  people['registered visitor'] = { role: 'authenticated', sub: registered };
  people.agent = { role: 'authenticated', sub: await createAgent(sql) };
  people['deactivated agent'] = { role: 'authenticated', sub: await createAgent(sql, { active: false }) };
  people['guest with an agent’s row'] = { role: 'authenticated', sub: agentGuest, anonymous: true };
  for (const visitor of ['guest A', 'guest B', 'registered visitor'] as const) {
    const id = await createConversation(sql, idOf(visitor));
    conversations[visitor] = id;
    await ingest(sql, [ingestPart(id, [logRow(1, { senderId: idOf(visitor) }), logRow(2)])]);
  }
  await sql`insert into public.canned_responses (shortcut, content) values (${`/${crypto.randomUUID()}`}, 'Hello')`;
});
afterAll(() => sql.end());

describe('who reads conversations and what was said in them', () => {
  test.each(['guest A', 'guest B', 'registered visitor'] as const)(
    '%s: their own, and nothing else',
    async (name) => {
      const own = conversations[name];
      expect([...(await run(name, 'select id from public.conversations'))]).toEqual([{ id: own }]);
      expect([
        ...(await run(name, 'select conversation_id, seq::int from public.messages order by seq')),
      ]).toEqual([
        { conversation_id: own, seq: 1 },
        { conversation_id: own, seq: 2 },
      ]);
    },
  );

  test('an agent: all of them', async () => {
    const [seen] = await run('agent', 'select count(*)::int as n from public.conversations');
    const [said] = await run(
      'agent',
      'select count(distinct conversation_id)::int as n from public.messages',
    );
    expect(seen?.n).toBeGreaterThanOrEqual(3);
    expect(said?.n).toBeGreaterThanOrEqual(3);
  });

  test.each(['deactivated agent', 'guest with an agent’s row'] as const)('%s: none', async (name) => {
    expect(await run(name, 'select id from public.conversations')).toHaveLength(0);
    expect(await run(name, 'select id from public.messages')).toHaveLength(0);
    expect(await run(name, 'select id from public.canned_responses')).toHaveLength(0);
  });

  test('nobody without an account', async () => {
    for (const table of tables)
      await expect(run('anon', `select id from public.${table}`)).rejects.toMatchObject(DENIED);
  });
});

test('canned answers are the agents’', async () => {
  expect((await run('agent', 'select id from public.canned_responses')).length).toBeGreaterThan(0);
  expect(await run('registered visitor', 'select id from public.canned_responses')).toHaveLength(0);
});

describe('of agents everybody sees a name and whether they are here, nobody the rest', () => {
  const signedIn = names.filter((name) => name !== 'anon');

  test.each(signedIn)('%s', async (name) => {
    const shown = await run(
      name,
      `select id, name, avatar_url, is_online from public.chat_agents where id = '${idOf('agent')}'`,
    );
    expect(shown).toHaveLength(1);
    for (const column of ['role', 'active', 'max_chats', 'created_at', '*']) {
      await expect(run(name, `select ${column} from public.chat_agents`)).rejects.toMatchObject(DENIED);
    }
  });

  test.each(names)('%s reads no email of anybody', async (name) => {
    await expect(run(name, 'select email from auth.users')).rejects.toMatchObject(DENIED);
    await expect(run(name, 'select * from auth.identities')).rejects.toMatchObject(DENIED);
  });
});

test('what only the rooms need of a conversation is shown to nobody', async () => {
  for (const column of ['epoch', 'first_client_id', '*']) {
    await expect(run('agent', `select ${column} from public.conversations`)).rejects.toMatchObject(DENIED);
  }
});

describe('nobody writes', () => {
  const statements = {
    audit_log: `insert into public.audit_log (id, at, action, actor_role) values (gen_random_uuid(), now(), 'opened', 'system')`,
    canned_responses: `insert into public.canned_responses (shortcut, content) values ('/x', 'x')`,
    chat_agents: `insert into public.chat_agents (id, name) values (auth.uid(), 'Mallory')`,
    conversations: `insert into public.conversations (visitor_id, status) values (auth.uid(), 'active')`,
    messages: `insert into public.messages (id, conversation_id, seq, sender_id, sender_role, sender_name, client_id, created_at)
      values (gen_random_uuid(), gen_random_uuid(), 1, auth.uid(), 'agent', 'Support', gen_random_uuid(), now())`,
  };

  describe.each(names)('%s', (name) => {
    test.each(tables)('in %s', async (table) => {
      for (const statement of [
        statements[table],
        `update public.${table} set id = id`,
        `delete from public.${table}`,
        `truncate public.${table} cascade`,
        `lock table public.${table} in access exclusive mode`,
      ]) {
        await expect(run(name, statement), statement).rejects.toMatchObject(DENIED);
      }
    });

    test('nor by a room’s functions', async () => {
      for (const call of [
        `private.ingest('[]')`,
        `private.ingest_one('{}')`,
        `private.claim_room(gen_random_uuid())`,
        `private.room_messages(gen_random_uuid(), 0, 1)`,
        `private.reopen_conversation(gen_random_uuid(), 1)`,
        `private.record_audit('[]')`,
        `private.team()`,
        `private.account_of('a@b.test')`,
        `private.create_conversation(gen_random_uuid(), gen_random_uuid(), null, null, '{}')`,
      ]) {
        await expect(run(name, `select ${call}`), call).rejects.toMatchObject(DENIED);
      }
    });
  });
});

describe('what the catalogue says', () => {
  test('every table of public has row level security', async () => {
    const open = await sql`select relname from pg_class
      where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relrowsecurity`;
    expect([...open]).toEqual([]);
  });

  test('no view, which would see with its owner’s eyes', async () => {
    const views = await sql`select relname from pg_class
      where relnamespace in ('public'::regnamespace, 'private'::regnamespace) and relkind in ('v', 'm')`;
    expect([...views]).toEqual([]);
  });

  test('no privilege but reading is anybody’s of the API’s two roles', async () => {
    const more = await sql`select c.relname, r.rolname, p.name
      from pg_class c, (values ('anon'), ('authenticated')) r (rolname),
        (values ('insert'), ('update'), ('delete'), ('truncate'), ('references'), ('trigger'), ('maintain')) p (name)
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
        and has_table_privilege(r.rolname, c.oid, p.name)`;
    expect([...more]).toEqual([]);
  });

  test('every function that runs with its owner’s rights fixes its search path', async () => {
    const loose = await sql`select proname from pg_proc
      where pronamespace in ('private'::regnamespace, 'public'::regnamespace) and prosecdef
        and not coalesce(proconfig @> array['search_path=""'], false)`;
    expect([...loose]).toEqual([]);
  });
});

describe('rooms act as chat_room', () => {
  const asRoom = (statement: string) => as(sql, { role: 'chat_room' }, (tx) => tx.unsafe(statement));

  test('which may call its six functions, and no other', async () => {
    const allowed = await sql`select proname::text from pg_proc
      where pronamespace = 'private'::regnamespace and has_function_privilege('chat_room', oid, 'execute') order by 1`;
    expect(allowed.map(({ proname }) => proname)).toEqual([
      'claim_room',
      'conversation_owner',
      'create_conversation',
      'ingest',
      'record_audit',
      'reopen_conversation',
      'room_messages',
    ]);
  });

  test('and has no right to any table', async () => {
    const tables =
      await sql`select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = relnamespace
      where n.nspname in ('public', 'private', 'auth') and relkind in ('r', 'p', 'v', 'm', 'S')
        and case relkind when 'S' then has_sequence_privilege('chat_room', c.oid, 'usage, select, update')
          else has_any_column_privilege('chat_room', c.oid, 'select, insert, update, references')
            or has_table_privilege('chat_room', c.oid, 'delete, truncate, trigger') end`;
    expect([...tables]).toEqual([]);
    for (const table of ['public.conversations', 'public.messages', 'public.chat_agents', 'auth.users']) {
      await expect(asRoom(`select 1 from ${table}`)).rejects.toMatchObject(DENIED);
    }
  });

  test('nor may it become anybody, or sign in', async () => {
    await expect(asRoom('create table public.mine ()')).rejects.toMatchObject(DENIED);
    const [role] = await sql`select rolcanlogin, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb
      from pg_roles where rolname = 'chat_room'`;
    expect(Object.values(role ?? { none: true })).toEqual([false, false, false, false, false]);
    const memberships = await sql`select 1 from pg_auth_members where member = 'chat_room'::regrole`;
    expect(memberships).toHaveLength(0);
  });
});

describe('who is asking', () => {
  const current = (name: Name) => run(name, 'select id from private.current_agent()');

  test('an active agent is one; nobody else is, whatever their token says', async () => {
    expect(await current('agent')).toHaveLength(1);
    for (const name of [
      'guest A',
      'registered visitor',
      'deactivated agent',
      'guest with an agent’s row',
    ] as const) {
      expect(await current(name)).toHaveLength(0);
    }
    await expect(current('anon')).rejects.toMatchObject(DENIED);
  });

  test('a visitor’s name is shown to agents and to themselves', async () => {
    const card = (name: Name) =>
      run(name, `select name from private.visitor_card('${idOf('registered visitor')}')`);
    expect([...(await card('agent'))]).toEqual([{ name: 'Rita' }]);
    expect([...(await card('registered visitor'))]).toEqual([{ name: 'Rita' }]);
    for (const name of ['guest A', 'deactivated agent', 'guest with an agent’s row'] as const) {
      expect(await card(name)).toHaveLength(0);
    }
  });
});
