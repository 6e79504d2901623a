import { createExecutionContext } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { quietLog } from '../testing/faults.ts';
import { as, ingest } from '../testing/postgres.ts';
import { ingestPart, logRow } from '../testing/records.ts';
import { database, newAgent, newVisitor } from '../testing/room.ts';
import { Store } from './store.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

const store = env.STORE;
const open = async (visitorId: string, firstClientId: string | null = null) =>
  store.createConversation({
    id: crypto.randomUUID(),
    visitorId,
    firstClientId,
    subject: null,
    metadata: { page: '/x' },
  });
async function opened(visitorId: string, firstClientId: string | null = null) {
  const made = await open(visitorId, firstClientId);
  if (!made.ok) throw new Error(made.code);
  return made.conversation.id;
}
const close = (id: string) =>
  database()`update public.conversations set status = 'closed', closed_at = now() where id = ${id}`;

describe('when a query fails', () => {
  test('the answer is a code, and the log has no word of what was asked', async () => {
    const log = quietLog();
    expect(await store.roomMessages('a secret, no id', 0, 10)).toEqual({ ok: false, code: 'unavailable' });
    expect(
      await store.createConversation({
        id: crypto.randomUUID(),
        visitorId: 'a secret',
        firstClientId: null,
        subject: 'a secret\u0000',
        metadata: {},
      }),
    ).toEqual({ ok: false, code: 'unavailable' });
    expect(log.entries()).toEqual([
      { event: 'store_failed', method: 'roomMessages', sqlstate: '22P02', name: expect.any(String) },
      {
        event: 'store_failed',
        method: 'createConversation',
        sqlstate: expect.any(String),
        name: expect.any(String),
      },
    ]);
    expect(log.text()).not.toContain('secret');
  });

  test('when nobody answers, neither', async () => {
    const log = quietLog();
    const HYPERDRIVE = { connectionString: 'postgres://someone:password@127.0.0.1:1/none' } as Hyperdrive;
    const away = new Store(createExecutionContext(), { ...env, HYPERDRIVE });
    expect(await away.ping()).toEqual({ ok: false, code: 'unavailable' });
    const line = await away.ingestLine();
    expect(
      await line.ingestMany([ingestPart(crypto.randomUUID(), [logRow(1, { text: 'a secret' })])]),
    ).toEqual({
      ok: false,
      code: 'unavailable',
    });
    expect(log.text()).not.toMatch(/secret|password/u);
  });

  test('a conversation for an account that is gone is gone', async () => {
    expect(await open(crypto.randomUUID())).toEqual({ ok: false, code: 'gone' });
    expect(await store.claimRoom(crypto.randomUUID())).toEqual({ ok: false, code: 'gone' });
  });
});

describe('making a conversation', () => {
  test('again with the same first message finds the same one, even if it has been closed since', async () => {
    const visitor = await newVisitor();
    const first = crypto.randomUUID();
    const id = await opened(visitor.id, first);
    expect(await open(visitor.id, first)).toMatchObject({ created: false, conversation: { id } });
    await close(id);
    expect(await open(visitor.id, first)).toMatchObject({
      created: false,
      conversation: { id, status: 'closed' },
    });
    expect(await open(visitor.id, crypto.randomUUID())).toMatchObject({ created: true });
  });

  test('twenty times at once makes one, and all find it', async () => {
    const visitor = await newVisitor();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => open(visitor.id, crypto.randomUUID())),
    );
    expect(answers.every(({ ok }) => ok)).toBe(true);
    expect(new Set(answers.map((answer) => answer.ok && answer.conversation.id)).size).toBe(1);
    expect(answers.filter((answer) => answer.ok && answer.created)).toHaveLength(1);
    const [row] =
      await database()`select count(*)::int as n from public.conversations where visitor_id = ${visitor.id}`;
    expect(row?.n).toBe(1);
  });

  test('with somebody else’s first message’s id is nobody’s business', async () => {
    const [one, two] = [await newVisitor(), await newVisitor()];
    const first = crypto.randomUUID();
    expect(await opened(one.id, first)).not.toBe(await opened(two.id, first));
  });
});

describe('on a person’s behalf', () => {
  const claims = (sub: string, isAnonymous = true) => ({ sub, isAnonymous });

  test('each sees what the policies let them see, call after call', async () => {
    const [one, two, agent] = [await newVisitor(), await newVisitor(), await newAgent()];
    const id = await opened(one.id);
    const sees = async (sub: string, isAnonymous?: boolean) => store.canSee(claims(sub, isAnonymous), id);
    expect(await sees(one.id)).toEqual({ ok: true, visible: true });
    expect(await sees(two.id)).toEqual({ ok: true, visible: false });
    expect(await sees(agent.id, false)).toEqual({ ok: true, visible: true });
    expect(await sees(agent.id, true)).toEqual({ ok: true, visible: false });
  });

  test('an agent is one by their row', async () => {
    const [agent, visitor] = [await newAgent({ name: 'Support One' }), await newVisitor()];
    expect(await store.currentAgent(claims(agent.id, false))).toMatchObject({
      ok: true,
      agent: { id: agent.id, name: 'Support One', maxChats: 5 },
    });
    expect(await store.currentAgent(claims(visitor.id, false))).toEqual({ ok: true, agent: null });
    await database()`update public.chat_agents set active = false where id = ${agent.id}`;
    expect(await store.currentAgent(claims(agent.id, false))).toEqual({ ok: true, agent: null });
  });

  test('lists go page by page, newest first, none twice, and metadata is the agents’', async () => {
    const visitor = await newVisitor();
    const ids: string[] = [];
    for (let n = 0; n < 5; n++) {
      const id = await opened(visitor.id);
      await ingest(database(), [ingestPart(id, [logRow(1, { text: `newest of ${n}` })])]);
      await close(id);
      ids.unshift(id);
    }
    const list = async (before?: string) => {
      const page = await store.listConversations(claims(visitor.id), {
        scope: 'all',
        limit: 2,
        reader: 'visitor',
        ...(before === undefined ? {} : { before }),
      });
      if (!page.ok) throw new Error(page.code);
      return page;
    };
    const seen: string[] = [];
    for (let page = await list(); ; page = await list(page.next)) {
      for (const conversation of page.conversations) {
        expect(conversation).not.toHaveProperty('metadata');
        expect(conversation.lastMessage?.text).toMatch(/^newest of/u);
        seen.push(conversation.id);
      }
      if (page.next === undefined) break;
    }
    expect(seen).toEqual(ids);
  });

  test('a role is taken for one transaction: nothing of it stays with the next', async () => {
    const visitor = await newVisitor();
    await store.canSee(claims(visitor.id), crypto.randomUUID());
    const [row] = await as(database(), { role: 'service_role' }, (tx) => tx`select current_user as role`);
    expect(row?.role).toBe('service_role');
    expect(await store.ping()).toEqual({ ok: true });
  });
});
