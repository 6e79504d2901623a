import { env } from 'cloudflare:workers';
import { describe, expect, test } from 'vitest';
import { database, newAgent } from '../testing/room.ts';

const store = env.STORE;
const from = '203.0.113.0/24';
const newOrigin = () => `https://${crypto.randomUUID()}.example`;

async function newAdmin() {
  const { id } = await newAgent({ name: 'Ada', isAdmin: true });
  await database()`update public.chat_agents set role = 'admin' where id = ${id}`;
  return { id, from };
}
const listed = (origin: string) =>
  database()<{ id: string }[]>`select id from public.widget_sites where origin = ${origin}`;
const noted = async (origin: string) => {
  const rows =
    await database()`select action, actor_id as by, actor_role as role, actor_name as name, network::text
    from public.audit_log where site = ${origin} order by at, id`;
  return rows.map((row) => ({ ...row }));
};

describe('the websites that may carry the chat', () => {
  test('are changed by an admin; each change is noted once, with who, what and from where', async () => {
    const [admin, origin] = [await newAdmin(), newOrigin()];
    const by = { by: admin.id, role: 'admin', name: 'Ada', network: from };
    expect(await store.addWidgetSite(admin, { origin, label: '' })).toEqual({ ok: true, outcome: 'added' });
    expect(await store.addWidgetSite(admin, { origin, label: '' })).toEqual({ ok: true, outcome: 'known' });
    expect(await noted(origin)).toEqual([{ ...by, action: 'site_added' }]);
    const id = (await listed(origin))[0]?.id ?? '';
    expect(await store.removeWidgetSite(admin, id)).toEqual({ ok: true, outcome: 'removed' });
    expect(await store.removeWidgetSite(admin, id)).toEqual({ ok: true, outcome: 'removed' });
    expect(await noted(origin)).toEqual([
      { ...by, action: 'site_added' },
      { ...by, action: 'site_removed' },
    ]);
  });

  test('are changed by nobody else, an admin who was demoted a moment ago included', async () => {
    const [admin, origin] = [await newAdmin(), newOrigin()];
    await store.addWidgetSite(admin, { origin, label: '' });
    const id = (await listed(origin))[0]?.id ?? '';
    await database()`update public.chat_agents set role = 'agent' where id = ${admin.id}`;
    const refused = { ok: true, outcome: 'forbidden' };
    for (const asker of [admin, { id: crypto.randomUUID(), from }]) {
      expect(await store.addWidgetSite(asker, { origin: newOrigin(), label: '' })).toEqual(refused);
      expect(await store.removeWidgetSite(asker, id)).toEqual(refused);
    }
    expect(await listed(origin)).toHaveLength(1);
    expect(await noted(origin)).toHaveLength(1);
  });
});
