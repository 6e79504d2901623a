import postgres from 'postgres';
import type { IngestPart } from '../rooms/records.ts';
import { toBatch } from '../store/rooms.ts';

/** Real Postgres for tests: people to be, and their rights. Works under Node and inside workerd. */

export type Connection = postgres.Sql;

/** As whom a statement runs: one of the API's roles with a token's claims, or one of the server's. */
export type Who =
  | { role: 'anon' | 'chat_room' | 'service_role' }
  | { role: 'authenticated'; sub: string; anonymous?: boolean };

/** A connection of the ordinary owner, as the Worker has it. */
export function connect(databaseUrl: string, max = 4): Connection {
  return postgres(databaseUrl, { max, fetch_types: false, onnotice: () => {} });
}

/** Runs `work` in one transaction as `who`, the way the Store and PostgREST do. */
export async function as<Value>(
  sql: Connection,
  who: Who,
  work: (tx: postgres.TransactionSql) => Promise<Value>,
): Promise<Value> {
  const claims =
    who.role === 'authenticated'
      ? { role: who.role, sub: who.sub, is_anonymous: who.anonymous ?? false }
      : { role: who.role };
  const result = await sql.begin(async (tx) => {
    await tx`select set_config('role', ${who.role}, true),
      set_config('request.jwt.claims', ${JSON.stringify(claims)}, true)`;
    return { value: await work(tx) };
  });
  return result.value;
}

/** An account: a guest unless it has an email. */
export async function createAccount(
  sql: Connection,
  { email, name }: { email?: string; name?: string } = {},
): Promise<string> {
  const id = crypto.randomUUID();
  await sql`insert into auth.users (id, aud, role, email, is_anonymous, raw_user_meta_data, created_at, updated_at)
    values (${id}, 'authenticated', 'authenticated', ${email ?? null}, ${email === undefined},
      jsonb_strip_nulls(jsonb_build_object('full_name', ${name ?? null}::text)), now(), now())`;
  return id;
}

/** An account that may work at the desk. */
export async function createAgent(
  sql: Connection,
  { name = 'Agent', active = true, maxChats = 5 } = {},
): Promise<string> {
  const id = await createAccount(sql, { email: `${crypto.randomUUID()}@agents.test` });
  await sql`insert into public.chat_agents (id, name, active, max_chats) values (${id}, ${name}, ${active}, ${maxChats})`;
  return id;
}

/** A visitor's conversation, made the way rooms make them. Returns its id. */
export async function createConversation(sql: Connection, visitorId: string): Promise<string> {
  const id = crypto.randomUUID();
  await as(
    sql,
    { role: 'chat_room' },
    (tx) => tx`select private.create_conversation(${visitorId}, ${id}, null, null, '{}')`,
  );
  return id;
}

export interface Outcome {
  conversationId: string;
  head?: number;
  code?: string;
}

/** Hands parts to Postgres as a lane does. */
export async function ingest(sql: Connection, parts: IngestPart[]): Promise<Outcome[]> {
  const [row] = await as(
    sql,
    { role: 'chat_room' },
    (tx) => tx`select private.ingest(${toBatch(parts)}::text::json) as result`,
  );
  return row?.result as Outcome[];
}
