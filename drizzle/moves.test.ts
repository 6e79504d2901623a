import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import {
  as,
  type Connection,
  connect,
  createAccount,
  createConversation,
  ingest,
} from '../workers/testing/postgres.ts';
import { ingestPart, logRow } from '../workers/testing/records.ts';

let sql: Connection;
let guest: string;
let account: string;

beforeAll(() => {
  sql = connect(inject('backend').databaseUrl);
});
afterAll(() => sql.end());
beforeEach(async () => {
  guest = await createAccount(sql);
  account = await createAccount(sql, { email: `${crypto.randomUUID()}@visitors.test`, name: 'Rita' });
});

type Moved = { brought: number; rooms: string[] } | null;

const move = async (from: string, to: string): Promise<Moved> => {
  const [row] = await as(
    sql,
    { role: 'service_role' },
    (tx) => tx<{ result: string }[]>`select private.move_conversations(${from}, ${to})::text as result`,
  );
  return JSON.parse(row?.result ?? 'null') as Moved;
};
const rowOf = async (id: string) => {
  const [row] =
    await sql`select visitor_id, status, closed_at, rev::int from public.conversations where id = ${id}`;
  return row;
};
const seenBy = (sub: string, anonymous: boolean) =>
  as(
    sql,
    { role: 'authenticated', sub, anonymous },
    (tx) => tx`select content from public.messages order by seq`,
  );

/** A conversation's state as its room would write it. */
const active = (rev: number) => ({
  rev,
  status: 'active' as const,
  agentId: null,
  subject: null,
  category: null,
  visitorReadSeq: 0,
  agentReadSeq: 0,
  firstResponseAt: null,
  closedAt: null,
});

describe('a guest’s conversations', () => {
  test('become the account’s, with all that was said: the guest sees nothing any more', async () => {
    const id = await createConversation(sql, guest);
    await ingest(sql, [ingestPart(id, [logRow(1, { senderId: guest, text: 'from the guest' })])]);

    expect(await move(guest, account)).toEqual({ brought: 1, rooms: [id] });

    expect(await rowOf(id)).toMatchObject({ visitor_id: account, status: 'waiting' });
    expect(await seenBy(account, false)).toEqual([{ content: 'from the guest' }]);
    expect(await seenBy(guest, true)).toEqual([]);
  });

  test('moved again are the same number, and the rooms that have not heard are named again', async () => {
    const id = await createConversation(sql, guest);
    const first = await move(guest, account);
    expect(await move(guest, account)).toEqual(first);

    await as(sql, { role: 'service_role' }, (tx) => tx`select private.told_move(${id})`);
    expect(await move(guest, account)).toEqual({ brought: 1, rooms: [] });
  });

  test('are in the audit log from that moment, each once: who brought it, and which guest’s it was', async () => {
    const id = await createConversation(sql, guest);
    await move(guest, account);
    await move(guest, account);
    const noted = await sql`select action, actor_id, actor_role, changed_from, changed_to
      from public.audit_log where conversation_id = ${id}`;
    expect([...noted]).toEqual([
      {
        action: 'claimed',
        actor_id: account,
        actor_role: 'visitor',
        changed_from: guest,
        changed_to: account,
      },
    ]);
  });

  test('that are open are closed as they move, where the account has an open one: one visitor, one conversation', async () => {
    const own = await createConversation(sql, account);
    const id = await createConversation(sql, guest);
    await ingest(sql, [ingestPart(id, [logRow(1)], { state: active(3) })]);

    expect(await move(guest, account)).toEqual({ brought: 1, rooms: [id] });

    expect(await rowOf(own)).toMatchObject({ visitor_id: account, status: 'waiting' });
    expect(await rowOf(id)).toMatchObject({ visitor_id: account, status: 'closed' });
  });

  test('closed as they moved are not opened by what their room writes before it knows', async () => {
    await createConversation(sql, account);
    const id = await createConversation(sql, guest);
    await move(guest, account);

    const late = ingestPart(id, [logRow(1)], { state: active(5) });
    expect(await ingest(sql, [late])).toMatchObject([{ head: 1 }]);
    expect(await rowOf(id)).toMatchObject({ status: 'closed', rev: 5 });
  });

  test('keep who they belonged to: a room that is loaded anew is told', async () => {
    const id = await createConversation(sql, guest);
    await move(guest, account);
    const [row] = await as(
      sql,
      { role: 'chat_room' },
      (tx) => tx<{ claimed: string }[]>`select private.claim_room(${id})::text as claimed`,
    );
    expect(JSON.parse(row?.claimed ?? '')).toMatchObject({
      visitor_id: account,
      visitor: { name: 'Rita', isAnonymous: false },
      formerVisitors: [guest],
    });
  });

  test('found by a retry of their first message are found by the account, too', async () => {
    const [id, first] = [crypto.randomUUID(), crypto.randomUUID()];
    const create = (visitor: string) =>
      as(
        sql,
        { role: 'chat_room' },
        (tx) =>
          tx<
            { r: string }[]
          >`select private.create_conversation(${visitor}, ${id}, ${first}, null, '{}')::text as r`,
      );
    await create(guest);
    await move(guest, account);
    const [again] = await create(account);
    expect(JSON.parse(again?.r ?? '')).toMatchObject({ created: false, conversation: { id } });
  });

  test('of two moves at once are moved once', async () => {
    await createConversation(sql, guest);
    const answers = await Promise.all([move(guest, account), move(guest, account), move(guest, account)]);
    expect(answers.map((answer) => answer?.brought)).toEqual([1, 1, 1]);
  });
});

describe('nobody’s conversations move', () => {
  test('out of an account, into a guest, or to somebody who is not there', async () => {
    const other = await createAccount(sql, { email: `${crypto.randomUUID()}@visitors.test` });
    const id = await createConversation(sql, account);
    expect(await move(account, other)).toBeNull();
    expect(await move(account, guest)).toBeNull();
    expect(await move(guest, await createAccount(sql))).toBeNull();
    expect(await move(guest, crypto.randomUUID())).toBeNull();
    expect(await rowOf(id)).toMatchObject({ visitor_id: account });
  });

  test('by anybody but the server: people and rooms may not even ask', async () => {
    for (const who of [
      { role: 'anon' } as const,
      { role: 'chat_room' } as const,
      { role: 'authenticated', sub: account } as const,
    ]) {
      const asked = as(sql, who, (tx) => tx`select private.move_conversations(${guest}, ${account})`);
      await expect(asked).rejects.toMatchObject({ code: '42501' });
      await expect(as(sql, who, (tx) => tx`select * from private.conversation_moves`)).rejects.toMatchObject({
        code: '42501',
      });
    }
  });
});

describe('a profile', () => {
  const read = (sub: string, anonymous = false) =>
    as(sql, { role: 'authenticated', sub, anonymous }, (tx) => tx`select id from public.profiles`);

  test('is its own person’s and the agents’ to read, and nobody’s to write', async () => {
    const other = await createAccount(sql, { email: `${crypto.randomUUID()}@visitors.test` });
    await as(
      sql,
      { role: 'service_role' },
      (tx) => tx`insert into public.profiles (id, full_name) values (${account}, 'Rita')`,
    );
    expect(await read(account)).toEqual([{ id: account }]);
    expect(await read(account, true)).toEqual([]);
    expect(await read(other)).toEqual([]);
    const write = as(
      sql,
      { role: 'authenticated', sub: account },
      (tx) => tx`update public.profiles set full_name = 'Another'`,
    );
    await expect(write).rejects.toMatchObject({ code: '42501' });
    await expect(as(sql, { role: 'anon' }, (tx) => tx`select from public.profiles`)).rejects.toMatchObject({
      code: '42501',
    });
  });
});
