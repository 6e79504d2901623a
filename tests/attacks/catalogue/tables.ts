import { tables } from '../../../drizzle/access/tables/index.ts';
import { as, type Who } from '../../../workers/testing/postgres.ts';
import { attack, each, type Group } from '../attack.ts';
import type { Stage } from '../stage.ts';

const TABLES = tables
  .filter(({ name }) => name.startsWith('public.'))
  .map(({ name }) => name.slice('public.'.length));

/** What Postgres says to a statement of somebody who holds a token of Auth. */
async function asks(stage: Stage, who: Who, statement: string): Promise<string> {
  return as(stage.sql, who, (tx) => tx.unsafe(statement)).then(
    (rows) => `${rows.length} rows`,
    ({ code }: { code: string }) => code,
  );
}

async function guestAsks(stage: Stage, statements: (guestId: string) => readonly string[]): Promise<string> {
  const { id } = await stage.guest();
  const who: Who = { role: 'authenticated', sub: id, anonymous: true };
  return each(statements(id), (statement) => asks(stage, who, statement));
}

const DENIED = '42501';

/** A guest's token, used on the database itself, as the Data API would. */
export const onTables: Group = {
  title: 'Tables',
  attacks: [
    attack('insert an agent’s message', DENIED, (stage) =>
      guestAsks(stage, (id) => [
        `insert into public.messages (id, conversation_id, seq, sender_id, sender_role, sender_name, client_id, created_at)
         values (gen_random_uuid(), gen_random_uuid(), 1, '${id}', 'agent', 'Support', gen_random_uuid(), now())`,
      ]),
    ),
    attack('insert a conversation that is active and has an agent', DENIED, (stage) =>
      guestAsks(stage, (id) => [
        `insert into public.conversations (visitor_id, status) values ('${id}', 'active')`,
      ]),
    ),
    attack('become an agent by a row', DENIED, (stage) =>
      guestAsks(stage, (id) => [
        `insert into public.chat_agents (id, name, role) values ('${id}', 'Mallory', 'admin')`,
      ]),
    ),
    attack('update, delete, truncate, lock, every table', DENIED, (stage) =>
      guestAsks(stage, () =>
        TABLES.flatMap((table) => [
          `update public.${table} set id = id`,
          `delete from public.${table}`,
          `truncate public.${table} cascade`,
          `lock table public.${table} in access exclusive mode`,
        ]),
      ),
    ),
    attack('call what only rooms may call', DENIED, (stage) =>
      guestAsks(stage, (id) => [
        `select private.ingest('[]')`,
        `select private.claim_room(gen_random_uuid())`,
        `select private.room_messages(gen_random_uuid(), 0, 1)`,
        `select private.create_conversation('${id}', gen_random_uuid(), null, null, '{}')`,
        `select private.reopen_conversation(gen_random_uuid(), 1)`,
      ]),
    ),
    attack('read another’s conversation and messages', '0 rows', async (stage) => {
      const room = await stage.room();
      return guestAsks(stage, () => [
        `select id from public.conversations where id = '${room.id}'`,
        `select id from public.messages where conversation_id = '${room.id}'`,
      ]);
    }),
    attack('read accounts, sessions and refresh tokens', DENIED, (stage) =>
      guestAsks(stage, () => [
        'select email from auth.users',
        'select id from auth.sessions',
        'select token from auth.refresh_tokens',
      ]),
    ),
    attack('take another role', DENIED, (stage) =>
      guestAsks(stage, () => ['create role mallory', 'create table public.mine ()', 'create schema mine']),
    ),
    attack('read anything with the anonymous key', DENIED, (stage) =>
      each(TABLES, (table) => asks(stage, { role: 'anon' }, `select id from public.${table}`)),
    ),
  ],
};
