import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import type { IngestPart, LogRow, StatePatch } from '../workers/rooms/records.ts';
import {
  as,
  type Connection,
  connect,
  createAccount,
  createAgent,
  createConversation,
  ingest,
} from '../workers/testing/postgres.ts';
import { ingestPart, logRow, systemRow } from '../workers/testing/records.ts';

let sql: Connection;
let visitorId: string;
let conversation: string;

beforeAll(() => {
  sql = connect(inject('backend').databaseUrl);
});
afterAll(() => sql.end());
beforeEach(async () => {
  visitorId = await createAccount(sql);
  conversation = await createConversation(sql, visitorId);
});

const rows = (first: number, last: number, change: Partial<LogRow> = {}) =>
  Array.from({ length: last - first + 1 }, (_, index) => logRow(first + index, change));
const write = async (messages: LogRow[], change: Partial<IngestPart> = {}) =>
  (await ingest(sql, [ingestPart(conversation, messages, change)]))[0];
const patch = (rev: number, change: Partial<StatePatch> = {}): StatePatch => ({
  rev,
  status: 'waiting',
  agentId: null,
  subject: null,
  category: null,
  visitorReadSeq: 0,
  agentReadSeq: 0,
  firstResponseAt: null,
  closedAt: null,
  ...change,
});
const held = async () =>
  (await sql`select * from public.conversations where id = ${conversation}`)[0] ?? null;
const seqs = async () =>
  (await sql`select seq::int from public.messages where conversation_id = ${conversation} order by seq`).map(
    ({ seq }) => seq,
  );

describe('a room’s messages', () => {
  test('are written row for row as the room holds them', async () => {
    const written = [
      logRow(1, { text: '你好 😀 "quoted" \\ \n' }),
      systemRow(2, { key: 'queued', params: { a: 'b' } }),
    ];
    expect(await write(written)).toMatchObject({ head: 2 });
    const found =
      await sql`select * from public.messages where conversation_id = ${conversation} order by seq`;
    expect(
      found.map((row) => ({
        seq: Number(row.seq),
        id: row.id,
        senderId: row.sender_id,
        senderRole: row.sender_role,
        senderName: row.sender_name,
        clientId: row.client_id,
        kind: row.message_type,
        text: row.content,
        event: row.event,
        at: row.created_at.getTime(),
      })),
    ).toEqual(written);
    expect(await held()).toMatchObject({ head_seq: '2', last_message_at: new Date(written[1]?.at ?? 0) });
  });

  test('come twice and are there once', async () => {
    const written = rows(1, 3);
    await write(written);
    expect(await write(written)).toMatchObject({ head: 3 });
    expect(await seqs()).toEqual([1, 2, 3]);
  });

  test('overlap: what is held is ignored, the rest is written', async () => {
    const written = rows(1, 5);
    await write(written.slice(0, 3));
    expect(await write(written.slice(1))).toMatchObject({ head: 5 });
    expect(await seqs()).toEqual([1, 2, 3, 4, 5]);
  });

  test('lag behind what is held: nothing goes back', async () => {
    const written = rows(1, 5);
    await write(written);
    expect(await write(written.slice(0, 2))).toMatchObject({ head: 5 });
    expect(await held()).toMatchObject({ head_seq: '5' });
  });

  test('with a gap before them are refused, and it says where to send from', async () => {
    await write(rows(1, 2));
    expect(await write(rows(4, 5))).toMatchObject({ code: 'gap', head: 2 });
    expect(await seqs()).toEqual([1, 2]);
  });

  test.each([
    ['a hole', [1, 3]],
    ['one twice', [1, 1, 2]],
  ])('with %s among them are refused', async (_, places) => {
    expect(await write(places.map((seq) => logRow(seq)))).toMatchObject({ code: 'refused' });
    expect(await seqs()).toEqual([]);
  });

  test.each<[string, Partial<LogRow>]>([
    ['text', { text: 'another' }],
    ['sender', { senderId: crypto.randomUUID() }],
    ['role', { senderRole: 'agent' }],
    ['client id', { clientId: crypto.randomUUID() }],
    ['id', { id: crypto.randomUUID() }],
  ])(
    'that differ from what is held by their %s are refused, and nothing is overwritten',
    async (_, change) => {
      const [first, second, third] = rows(1, 3) as [LogRow, LogRow, LogRow];
      await write([first, second]);
      expect(await write([first, { ...second, ...change }, third])).toMatchObject({ code: 'differs' });
      expect(await seqs()).toEqual([1, 2]);
    },
  );

  test('that Postgres refuses leave nothing of their part behind', async () => {
    const twice = crypto.randomUUID();
    const sender = crypto.randomUUID();
    const doubled = rows(1, 2, { clientId: twice, senderId: sender });
    expect(await write(doubled, { state: patch(1, { subject: 'half' }) })).toMatchObject({ code: 'refused' });
    expect(await seqs()).toEqual([]);
    expect(await held()).toMatchObject({ rev: '0', subject: null });
  });

  test('a refusal carries no word of what was said', async () => {
    const outcome = await write([logRow(1, { text: 'secret', senderRole: 'nobody' as 'agent' })]);
    expect(outcome).toMatchObject({ code: 'refused' });
    expect(JSON.stringify(outcome)).not.toContain('secret');
  });
});

describe('lives of a room', () => {
  const claim = () =>
    as(sql, { role: 'chat_room' }, async (tx) => {
      const [row] = await tx`select private.claim_room(${conversation}) as room`;
      return row?.room as { epoch: number; head_seq: number } | null;
    });

  test('each claim is a new one, and an older one may write nothing more', async () => {
    await write(rows(1, 1));
    expect(await claim()).toMatchObject({ epoch: 2, head_seq: 1 });
    expect(await write(rows(2, 2), { epoch: 1, state: patch(9) })).toMatchObject({ code: 'stale_epoch' });
    expect(await write(rows(2, 2), { epoch: 2 })).toMatchObject({ head: 2 });
    expect(await held()).toMatchObject({ rev: '0' });
  });

  test('claims at the same moment get different ones', async () => {
    const epochs = await Promise.all(Array.from({ length: 5 }, claim));
    expect(epochs.map((room) => room?.epoch).toSorted()).toEqual([2, 3, 4, 5, 6]);
  });

  test('Postgres put back to before a claim learns the newer life from its first write', async () => {
    expect(await write(rows(1, 1), { epoch: 4 })).toMatchObject({ head: 1 });
    expect(await write(rows(2, 2), { epoch: 3 })).toMatchObject({ code: 'stale_epoch' });
  });

  test('there is none of a conversation that is gone', async () => {
    await sql`delete from public.conversations where id = ${conversation}`;
    expect(await claim()).toBeNull();
    expect(await write(rows(1, 1))).toMatchObject({ code: 'gone' });
  });
});

describe('a room’s state', () => {
  test('is written by its revision: a newer one, never an older one', async () => {
    await write([], { state: patch(3, { subject: 'newer' }) });
    expect(await write([], { state: patch(2, { subject: 'older' }) })).toMatchObject({ head: 0 });
    expect(await held()).toMatchObject({ rev: '3', subject: 'newer' });
  });

  test('of an older revision does not keep its messages out', async () => {
    await write([], { state: patch(3) });
    expect(await write(rows(1, 2), { state: patch(1) })).toMatchObject({ head: 2 });
  });

  test('read marks only ever move forward', async () => {
    await write([], { state: patch(1, { visitorReadSeq: 5, agentReadSeq: 4 }) });
    await write([], { state: patch(2, { visitorReadSeq: 3, agentReadSeq: 9 }) });
    expect(await held()).toMatchObject({ visitor_read_seq: '5', agent_read_seq: '9' });
  });

  test('an agent who is gone does not keep it from being written', async () => {
    const agentId = await createAgent(sql);
    await write([], { state: patch(1, { status: 'active', agentId }) });
    expect(await held()).toMatchObject({ agent_id: agentId });
    await sql`delete from public.chat_agents where id = ${agentId}`;
    expect(await write(rows(1, 1), { state: patch(2, { status: 'active', agentId }) })).toMatchObject({
      head: 1,
    });
    expect(await held()).toMatchObject({ agent_id: null, status: 'active', rev: '2' });
  });

  test('closing is written with its time', async () => {
    await write([], { state: patch(1, { status: 'closed', closedAt: '2026-03-01T12:00:00.000Z' }) });
    expect(await held()).toMatchObject({ status: 'closed', closed_at: new Date('2026-03-01T12:00:00.000Z') });
  });
});

describe('many conversations at once', () => {
  test('one bad one fails alone', async () => {
    const others = await Promise.all(
      [1, 2].map(async () => createConversation(sql, await createAccount(sql))),
    );
    const [good = '', gap = ''] = others;
    const gone = crypto.randomUUID();
    const outcomes = await ingest(sql, [
      ingestPart(gone, rows(1, 1)),
      ingestPart(conversation, [logRow(1, { kind: 'nonsense' as 'text' })]),
      ingestPart(good, rows(1, 2)),
      ingestPart(gap, rows(3, 3)),
      { ...ingestPart(crypto.randomUUID(), []), epoch: 'x' as unknown as number },
    ]);
    const of = (id: string) => outcomes.find(({ conversationId }) => conversationId === id);
    expect(outcomes).toHaveLength(5);
    expect(of(gone)).toMatchObject({ code: 'gone' });
    expect(of(conversation)).toMatchObject({ code: 'refused' });
    expect(of(good)).toMatchObject({ head: 2 });
    expect(of(gap)).toMatchObject({ code: 'gap', head: 0 });
  });

  test('they are written in one order everywhere, so that two lanes cannot deadlock', async () => {
    const ids = await Promise.all(
      Array.from({ length: 12 }, async () => createConversation(sql, await createAccount(sql))),
    );
    const answered = await ingest(
      sql,
      ids.map((id) => ingestPart(id, rows(1, 1))),
    );
    expect(answered.map(({ conversationId }) => conversationId)).toEqual(ids.toSorted());

    for (let seq = 2; seq < 6; seq++) {
      const parts = ids.map((id) => ingestPart(id, [logRow(seq)]));
      const both = await Promise.all([ingest(sql, parts), ingest(sql, parts.toReversed())]);
      for (const outcomes of both) expect(outcomes.map(({ head }) => head)).toEqual(ids.map(() => seq));
    }
  });
});

describe('reopening', () => {
  const reopen = (epoch = 1) =>
    as(sql, { role: 'chat_room' }, async (tx) => {
      const [row] = await tx`select private.reopen_conversation(${conversation}, ${epoch}) as answer`;
      return row?.answer;
    });
  const close = () =>
    write([], { state: patch(1, { status: 'closed', closedAt: new Date().toISOString() }) });

  test('is agreed to when the visitor has no other open one', async () => {
    await close();
    expect(await reopen()).toEqual({ ok: true });
    expect(await held()).toMatchObject({ status: 'waiting', closed_at: null });
  });

  test('is refused with the one that is open', async () => {
    await close();
    const other = await createConversation(sql, visitorId);
    expect(await reopen()).toEqual({ ok: false, open: other });
    expect(await held()).toMatchObject({ status: 'closed' });
  });

  test('is nothing to a room that is not the one alive, or gone', async () => {
    await close();
    expect(await reopen(7)).toBeNull();
    await sql`delete from public.conversations where id = ${conversation}`;
    expect(await reopen()).toBeNull();
  });
});
