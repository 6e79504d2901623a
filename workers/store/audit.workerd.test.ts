import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, test } from 'vitest';
import type { AuditEntry } from '../../app/protocol/audit.ts';
import type { Person } from '../auth/person.ts';
import { database, newAgent, newVisitor } from '../testing/room.ts';

const store = env.STORE;
let admin: Person;
let agent: Person;
const conversation = crypto.randomUUID();

const claimsOf = ({ id, isAnonymous }: Person) => ({ sub: id, isAnonymous });
const entry = (change: Partial<AuditEntry>): AuditEntry => ({
  id: crypto.randomUUID(),
  at: '2026-03-01T12:00:00.000Z',
  action: 'opened',
  actor: { id: agent.id, role: 'agent', name: 'Mei', from: '2001:db8:0::/48' },
  conversationId: conversation,
  agent: null,
  change: null,
  ...change,
});
async function list(query: Partial<Parameters<typeof store.listAudit>[1]> = {}, reader: Person = admin) {
  const listed = await store.listAudit(claimsOf(reader), { conversation, limit: 100, ...query });
  if (!listed.ok) throw new Error(listed.code);
  return listed;
}

beforeAll(async () => {
  admin = await newAgent({ name: 'Ada' });
  await database()`update public.chat_agents set role = 'admin' where id = ${admin.id}`;
  agent = await newAgent({ name: 'Mei' });
  await store.recordAudit([
    entry({ at: '2026-03-01T00:00:00.000Z' }),
    entry({ at: '2026-03-01T23:59:59.999Z', action: 'accepted' }),
    entry({ at: '2026-03-02T00:00:00.000Z', action: 'closed' }),
    entry({
      at: '2026-03-03T00:00:00.000Z',
      action: 'returned',
      actor: { id: admin.id, role: 'admin', name: 'Ada', from: null },
      agent: { id: agent.id, name: 'Mei' },
    }),
  ]);
});

describe('the audit log', () => {
  test('is read newest first, as it was noted', async () => {
    const { entries, more } = await list();
    expect(more).toBe(false);
    expect(entries.map(({ action }) => action)).toEqual(['returned', 'closed', 'accepted', 'opened']);
    expect(entries[0]).toMatchObject({
      actor: { name: 'Ada', role: 'admin', from: null },
      agent: { name: 'Mei' },
    });
    expect(entries[1]).toMatchObject({
      at: '2026-03-02T00:00:00.000000Z',
      actor: { id: agent.id, from: '2001:db8::/48' },
      agent: null,
      change: null,
    });
  });

  test.each([
    [{ action: 'closed' as const }, ['closed']],
    [{ from: '2026-03-02' }, ['returned', 'closed']],
    [{ to: '2026-03-01' }, ['accepted', 'opened']],
    [{ from: '2026-03-02', to: '2026-03-02' }, ['closed']],
    [{ conversation: crypto.randomUUID() }, []],
  ])('by %o', async (query, actions) => {
    expect((await list(query)).entries.map(({ action }) => action)).toEqual(actions);
  });

  test('by person: what they did and what was done to them', async () => {
    const actions = async (person: Person) =>
      (await list({ person: person.id })).entries.map(({ action }) => action);
    expect(await actions(agent)).toEqual(['returned', 'closed', 'accepted', 'opened']);
    expect(await actions(admin)).toEqual(['returned']);
  });

  test('page by page: everything once, also what was noted in the same moment', async () => {
    const own = crypto.randomUUID();
    const sameMoment = Array.from({ length: 7 }, () => entry({ conversationId: own }));
    await store.recordAudit(sameMoment);
    const seen: string[] = [];
    let before: { at: string; id: string } | undefined;
    for (;;) {
      const { entries, more } = await list({ conversation: own, limit: 3, before });
      seen.push(...entries.map(({ id }) => id));
      before = entries.at(-1);
      if (!more) break;
    }
    expect(seen).toHaveLength(7);
    expect(new Set(seen)).toEqual(new Set(sameMoment.map(({ id }) => id)));
  });

  test('shows nothing to anybody but an admin', async () => {
    for (const reader of [agent, await newVisitor()]) expect((await list({}, reader)).entries).toEqual([]);
  });
});
