import { drizzle } from 'drizzle-orm/postgres-js';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { canSee, listConversations } from '../../workers/store/conversations.ts';
import type { Transaction } from '../../workers/store/database.ts';
import { as, type Who } from '../../workers/testing/postgres.ts';
import * as schema from '../schema/index.ts';
import { type OwnDatabase, ownDatabase } from './database.ts';
import { ID } from './people.ts';

/** With as many rows as a year may bring, no query that runs for everybody reads a whole table. */

let database: OwnDatabase;
const CONVERSATIONS = 12_000;
const BUSY = 'cccccccc-0000-4000-8000-000000000001';

const agent: Who = { role: 'authenticated', sub: ID.agent };
const visitor: Who = { role: 'authenticated', sub: ID.registered };

beforeAll(async () => {
  const { adminUrl, databaseUrl } = inject('backend');
  database = await ownDatabase(adminUrl, databaseUrl);
  await database.sql.unsafe(`
    insert into auth.users (id, is_anonymous) select gen_random_uuid(), true from generate_series(1, ${CONVERSATIONS});
    insert into auth.users (id, is_anonymous) values ('${ID.agent}', false), ('${ID.registered}', false);
    insert into public.chat_agents (id, name) values ('${ID.agent}', 'Agent');
    insert into public.conversations (visitor_id, status, closed_at, agent_id, created_at)
      select id, case when open then 'waiting' else 'closed' end, case when open then null else now() end, '${ID.agent}',
          now() - random() * interval '1 year'
        from (select id, random() < 0.02 as open from auth.users where is_anonymous) u;
    insert into public.conversations (id, visitor_id) values ('${BUSY}', '${ID.registered}');
    insert into public.messages (id, conversation_id, seq, sender_id, sender_role, sender_name, client_id, content, created_at)
      select gen_random_uuid(), c.id, s, c.visitor_id, 'visitor', 'Guest', gen_random_uuid(), 'words', now()
        from public.conversations c, generate_series(1, case when c.id = '${BUSY}' then 2000 else 4 end) s;
    insert into public.audit_log (id, at, action, actor_id, actor_role)
      select gen_random_uuid(), now() - s * interval '1 minute', 'opened', '${ID.agent}', 'agent'
        from generate_series(1, 20000) s;
    insert into private.conversation_moves (conversation_id, from_visitor, to_visitor, closed, told_at)
      select id, visitor_id, '${ID.registered}', false, now() from public.conversations;
    analyze`);
}, 60_000);
afterAll(() => database?.drop());

interface Plan {
  'Node Type': string;
  'Relation Name'?: string;
  Plans?: Plan[];
}

/** The tables a statement reads from end to end. */
async function readWhole(who: Who, query: string, params: unknown[] = []): Promise<string[]> {
  const found: string[] = [];
  const walk = (plan: Plan) => {
    if (plan['Node Type'] === 'Seq Scan') found.push(plan['Relation Name'] ?? '?');
    for (const below of plan.Plans ?? []) walk(below);
  };
  const rows = await as(database.sql, who, (tx) =>
    tx.unsafe(`explain (format json) ${query}`, params as string[]),
  );
  for (const { Plan: plan } of (rows[0]?.['QUERY PLAN'] ?? []) as { Plan: Plan }[]) walk(plan);
  return found.filter((table) => table !== 'chat_agents');
}

/** The statements that a function of the Store runs, as it runs them. */
async function statementsOf(
  who: Who,
  work: (tx: Transaction) => Promise<unknown>,
): Promise<{ query: string; params: unknown[] }[]> {
  const said: { query: string; params: unknown[] }[] = [];
  const logger = { logQuery: (query: string, params: unknown[]) => void said.push({ query, params }) };
  await as(database.sql, who, async (tx) => {
    const client = Object.assign(tx, { options: database.sql.options });
    await work(drizzle(client as never, { schema, logger }) as unknown as Transaction);
  });
  return said;
}

async function wholeReads(who: Who, work: (tx: Transaction) => Promise<unknown>): Promise<string[]> {
  const statements = await statementsOf(who, work);
  expect(statements.length).toBeGreaterThan(0);
  return (await Promise.all(statements.map(({ query, params }) => readWhole(who, query, params)))).flat();
}

describe('no table is read from end to end', () => {
  const list =
    (scope: 'open' | 'closed' | 'all', reader: 'agent' | 'visitor', before?: string) => (tx: Transaction) =>
      listConversations(tx, { scope, reader, limit: 50, ...(before ? { before } : {}) });
  const cursor = `2026-06-01T00:00:00+00:00~${BUSY}`;

  test.each([
    ['an agent’s list', agent, list('all', 'agent')],
    ['its next page', agent, list('all', 'agent', cursor)],
    ['what is closed', agent, list('closed', 'agent')],
    ['the queue', agent, list('open', 'agent')],
    ['the lobby’s queue', { role: 'service_role' } as Who, list('open', 'agent')],
    ['whether somebody may see a conversation', visitor, (tx: Transaction) => canSee(tx, BUSY)],
    ['whether an agent may', agent, (tx: Transaction) => canSee(tx, BUSY)],
  ] as const)('%s', async (_name, who, work) => {
    expect(await wholeReads(who, work)).toEqual([]);
  });

  const OWNER: Who = { role: 'service_role' };
  test.each([
    [
      'a page of a room’s messages',
      OWNER,
      `select * from public.messages where conversation_id = '${BUSY}' and seq > 1500 order by seq limit 200`,
    ],
    [
      'a retry of a first message',
      OWNER,
      `select * from public.conversations where visitor_id = '${ID.registered}' and first_client_id = '${BUSY}'`,
    ],
    [
      'a visitor’s open conversation',
      OWNER,
      `select * from public.conversations where visitor_id = '${ID.registered}' and status in ('waiting', 'active')`,
    ],
    [
      'the newest of the audit log',
      OWNER,
      'select * from public.audit_log order by at desc, id desc limit 50',
    ],
    [
      'the audit log of a conversation',
      OWNER,
      `select * from public.audit_log where conversation_id = '${BUSY}' order by at desc limit 50`,
    ],
  ] as const)('%s', async (_name, who, query) => {
    expect(await readWhole(who, query)).toEqual([]);
  });
});

test('a visitor’s own list is read by their id: the policies alone, one or the other, would walk through everybody’s', async () => {
  const [list] = await statementsOf(visitor, (tx) =>
    listConversations(tx, { scope: 'all', reader: 'visitor', limit: 50 }),
  );
  const rows = await as(database.sql, visitor, (tx) =>
    tx.unsafe(`explain (format json) ${list?.query}`, list?.params as string[]),
  );
  expect(JSON.stringify(rows)).toMatch(
    /"Index Name":"conversations_visitor","Relation Name":"conversations","Alias":"c"/u,
  );
});
