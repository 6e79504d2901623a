import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { AuditAction } from '../../app/protocol/audit.ts';
import { laneOf } from '../objects.ts';
import {
  alarmsOf,
  away,
  fireAlarm,
  ingestingBy,
  quietLog,
  restoreStores,
  withStore,
} from '../testing/faults.ts';
import { activeConversation, database, newAgent, openConversation } from '../testing/room.ts';
import { enter, join, say } from '../testing/sockets.ts';
import { actorOf } from './audit-trail.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  await restoreStores();
});

const FROM = '203.0.113.0/24';
const noted = async (conversationId: string) => {
  const rows =
    await database()`select action, actor_role as role, actor_name as name, agent_name as agent, network::text as "from"
    from public.audit_log where conversation_id = ${conversationId} order by at, id`;
  return rows.map((row) => ({ ...row }));
};
const actions = async (conversationId: string) =>
  (await noted(conversationId)).map(({ action }) => action as AuditAction);
const kept = (room: DurableObjectStub) =>
  runInDurableObject(room, (_, { storage }) =>
    storage.sql.exec<{ entry: string }>('select entry from audit').toArray(),
  );

describe('what is done in a room is written down', () => {
  test('who, what, whom it concerns and from where; the same again is nothing new', async () => {
    const [one, two] = [await newAgent({ name: 'One' }), await newAgent({ name: 'Two', isAdmin: true })];
    const { id, visitor, room } = await openConversation('hello');
    const as = (agent: typeof one) => ({ id: agent.id, name: agent.name ?? '', avatarUrl: null });
    await room.accept(id, as(one), actorOf(one, FROM));
    await room.accept(id, as(one), actorOf(one, FROM));
    await room.transfer(id, one, as(two), true, FROM);
    await room.takeOver(id, as(one), actorOf(one, null));
    await room.closeConversation(id, visitor, '2001:db8:7::/48');
    await room.closeConversation(id, visitor, null);
    await room.reopen(id, actorOf(two, FROM));
    await fireAlarm(room);
    expect(await noted(id)).toEqual([
      { action: 'accepted', role: 'agent', name: 'One', agent: null, from: FROM },
      { action: 'transferred', role: 'agent', name: 'One', agent: 'Two', from: FROM },
      { action: 'taken_over', role: 'agent', name: 'One', agent: 'Two', from: null },
      { action: 'closed', role: 'visitor', name: null, agent: null, from: '2001:db8:7::/48' },
      { action: 'reopened', role: 'admin', name: 'Two', agent: null, from: FROM },
    ]);
    expect(await kept(room)).toEqual([]);
  });

  test('what is refused is not', async () => {
    const { id, room } = await activeConversation();
    const stranger = await newAgent();
    expect((await room.closeConversation(id, stranger, FROM)).ok).toBe(false);
    await fireAlarm(room);
    expect(await actions(id)).toEqual(['accepted']);
  });

  test('opening it: once a day for each agent, whatever the line does, and not for its visitor', async () => {
    const { id, visitor, room } = await openConversation('hello');
    const [one, two] = [await newAgent({ name: 'One' }), await newAgent({ name: 'Two' })];
    for (const person of [one, visitor, one, two]) (await join(id, person)).close(1000);
    await evictDurableObject(room);
    await enter(id, one);
    await room.history(id, null, 10, actorOf(two, FROM));
    await room.history(id, null, 10, actorOf(visitor, FROM));
    await fireAlarm(room);
    expect((await noted(id)).map(({ name, action }) => `${name} ${action}`)).toEqual([
      'One opened',
      'Two opened',
    ]);

    // A day later.
    await runInDurableObject(room, (_, { storage }) => {
      storage.sql.exec('update opened set day = day - 1');
    });
    await room.history(id, null, 10, actorOf(one, FROM));
    await fireAlarm(room);
    expect(await actions(id)).toEqual(['opened', 'opened', 'opened']);
  });

  test('and never what anybody said', async () => {
    const secret = `confidential-${crypto.randomUUID()}`;
    const { id, visitor, agent, room } = await activeConversation();
    const [guest, support] = [await join(id, visitor), await join(id, agent)];
    await say(guest, secret);
    await say(support, `about ${secret}`);
    await room.closeConversation(id, agent, FROM);
    expect(JSON.stringify(await kept(room))).not.toContain(secret);
    await fireAlarm(room);
    expect((await actions(id)).length).toBeGreaterThan(0);
    const [found] =
      await database()`select count(*)::int as n from public.audit_log a where to_jsonb(a)::text like ${`%${secret}%`}`;
    expect(found).toEqual({ n: 0 });
  });
});

describe('while Postgres is away', () => {
  test('it is kept, over a restart, and written once when Postgres is back', async () => {
    const { id, visitor, room } = await activeConversation();
    quietLog();
    await withStore(laneOf(env, id), { recordAudit: away, ...ingestingBy(away) });
    await room.closeConversation(id, visitor, FROM);
    await fireAlarm(room);
    await evictDurableObject(room);
    await fireAlarm(room);
    expect(await actions(id)).toEqual([]);
    expect(await kept(room)).toHaveLength(2);
    expect(await alarmsOf(room)).toHaveProperty('audit');

    await restoreStores();
    await fireAlarm(room);
    expect(await actions(id)).toEqual(['accepted', 'closed']);
    expect(await kept(room)).toEqual([]);
    expect(await alarmsOf(room)).not.toHaveProperty('audit');
  });

  test('an answer that was lost makes nothing twice', async () => {
    const { id, room } = await activeConversation();
    quietLog();
    await withStore(laneOf(env, id), {
      recordAudit: async (entries: never) => {
        await env.STORE.recordAudit(entries);
        return { ok: false, code: 'unavailable' };
      },
    });
    await fireAlarm(room);
    expect(await actions(id)).toEqual(['accepted']);
    expect(await kept(room)).toHaveLength(1);
    await restoreStores();
    await fireAlarm(room);
    expect(await actions(id)).toEqual(['accepted']);
    expect(await kept(room)).toEqual([]);
  });

  test('one that Postgres will never take is named in the log and keeps nothing else from being written', async () => {
    const { id, room } = await activeConversation();
    await runInDurableObject(room, (_, { storage }) => {
      const [row] = storage.sql.exec<{ entry: string }>('select entry from audit').toArray();
      const bad = { ...JSON.parse(row?.entry ?? ''), id: crypto.randomUUID() };
      bad.actor.from = '203.0.113.7/32';
      storage.sql.exec('insert into audit (id, entry) values (?, ?)', bad.id, JSON.stringify(bad));
    });
    const log = quietLog();
    await fireAlarm(room);
    expect(await actions(id)).toEqual(['accepted']);
    expect(await kept(room)).toEqual([]);
    expect(log.entries()).toContainEqual({ event: 'audit_refused', entry: expect.any(String) });
    expect(log.text()).not.toContain('203.0.113');
  });
});

test('what was done in a conversation that is gone is told all the same', async () => {
  const { id, room } = await activeConversation();
  await database()`delete from public.conversations where id = ${id}`;
  quietLog();
  await room.catchUp(id);
  await fireAlarm(room);
  await vi.waitFor(async () => expect(await actions(id)).toEqual(['accepted']), { timeout: 10_000 });
});
