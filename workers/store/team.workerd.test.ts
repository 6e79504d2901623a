import { env } from 'cloudflare:workers';
import { describe, expect, test } from 'vitest';
import { createAccount } from '../testing/postgres.ts';
import { activeConversation, database, flushed, newAgent, newVisitor } from '../testing/room.ts';

const store = env.STORE;
const FROM = '203.0.113.0/24';

async function newAdmin(name = 'Ada Admin') {
  const admin = await newAgent({ name, isAdmin: true });
  await database()`update public.chat_agents set role = 'admin' where id = ${admin.id}`;
  return { ...admin, asker: { id: admin.id, from: FROM } };
}
const member = async (id: string) => {
  const [row] =
    await database()`select name, role, active, max_chats, invited_at is not null as invited from public.chat_agents where id = ${id}`;
  return row && { ...row };
};
const notedOf = async (id: string) => {
  const rows = await database()`select action, actor_id as actor, actor_role as role, actor_name as name,
      agent_name as agent, changed_from as "from", changed_to as "to", network::text
    from public.audit_log where agent_id = ${id} or actor_id = ${id} order by at, id`;
  return rows.map((row) => ({ ...row }));
};
const email = () => `${crypto.randomUUID()}@team.test`;

describe('the team', () => {
  test('is shown to an admin, with addresses and open chats, and to nobody else', async () => {
    const admin = await newAdmin();
    const { id, agent } = await activeConversation({ name: 'Busy' });
    await flushed(id);
    const shown = await store.team(admin.asker);
    expect(shown.ok && shown.members.find((one) => one.id === agent.id)).toMatchObject({
      name: 'Busy',
      email: expect.stringContaining('@agents.test'),
      role: 'agent',
      state: 'active',
      openChats: 1,
      maxChats: 5,
    });
    for (const other of [agent, await newVisitor(), { id: crypto.randomUUID() }]) {
      expect(await store.team({ id: other.id, from: null })).toEqual({ ok: false, code: 'forbidden' });
    }
  });

  test('is changed by an admin; each change is noted in the same transaction, with who, what and from where', async () => {
    const admin = await newAdmin();
    const agent = await newAgent({ name: 'Mei' });
    const change = { name: 'Mei Lin', role: 'admin' as const, maxChats: 9 };
    expect(await store.changeMember(admin.asker, agent.id, change)).toEqual({ ok: true });
    expect(await member(agent.id)).toMatchObject({
      name: 'Mei Lin',
      role: 'admin',
      max_chats: 9,
      active: true,
    });
    const by = { actor: admin.id, role: 'admin', name: 'Ada Admin', agent: 'Mei', network: FROM };
    expect(await notedOf(agent.id)).toEqual([
      { ...by, action: 'renamed', from: 'Mei', to: 'Mei Lin' },
      { ...by, action: 'role_changed', from: 'agent', to: 'admin' },
      { ...by, action: 'capacity_changed', from: '5', to: '9' },
    ]);
    // What is so already is no change.
    expect(await store.changeMember(admin.asker, agent.id, change)).toEqual({ ok: true });
    expect(await notedOf(agent.id)).toHaveLength(3);
  });

  test('is not changed by an agent, a deactivated admin or one who was demoted meanwhile; nothing is noted', async () => {
    const [agent, target, gone, demoted] = [
      await newAgent(),
      await newAgent(),
      await newAdmin(),
      await newAdmin(),
    ];
    await database()`update public.chat_agents set active = false where id = ${gone.id}`;
    await database()`update public.chat_agents set role = 'agent' where id = ${demoted.id}`;
    const before = await member(target.id);
    for (const asker of [{ id: agent.id, from: null }, gone.asker, demoted.asker]) {
      const refused = { ok: false, code: 'forbidden' };
      expect(await store.changeMember(asker, target.id, { role: 'admin' })).toEqual(refused);
      expect(await store.setActive(asker, target.id, false)).toEqual(refused);
      expect(await store.invite(asker, { id: target.id, name: 'x', role: 'admin' })).toEqual(refused);
      expect(await store.withdrawInvitation(asker, target.id)).toEqual(refused);
      expect(await store.invitee(asker, 'a@b.test')).toEqual(refused);
    }
    expect(await member(target.id)).toEqual(before);
    expect(await notedOf(target.id)).toEqual([]);
  });

  test('loses and regains somebody, noted once each', async () => {
    const admin = await newAdmin();
    const agent = await newAgent({ name: 'Mei' });
    for (const active of [false, false, true, true]) {
      expect(await store.setActive(admin.asker, agent.id, active)).toEqual({ ok: true });
      expect(await member(agent.id)).toMatchObject({ active });
    }
    expect((await notedOf(agent.id)).map(({ action }) => action)).toEqual(['deactivated', 'reactivated']);
    expect(await store.setActive(admin.asker, crypto.randomUUID(), false)).toEqual({
      ok: false,
      code: 'missing',
    });
  });

  test('two admins who demote each other at once: both can not have done so', async () => {
    const [one, two] = [await newAdmin(), await newAdmin()];
    const answers = await Promise.all([
      store.changeMember(one.asker, two.id, { role: 'agent' }),
      store.changeMember(two.asker, one.id, { role: 'agent' }),
    ]);
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
    expect(answers.find(({ ok }) => !ok)).toEqual({ ok: false, code: 'forbidden' });
  });
});

describe('an invitation', () => {
  test('is no seat yet; who accepts it is an agent under the name they chose; then it is used up', async () => {
    const admin = await newAdmin();
    const address = email();
    expect(await store.invitee(admin.asker, address)).toEqual({
      ok: true,
      accountId: null,
      confirmed: false,
      member: null,
    });
    const id = await createAccount(database(), { email: address });
    expect(await store.invite(admin.asker, { id, name: 'mei', role: 'agent' })).toEqual({ ok: true });
    expect(await store.invitee(admin.asker, address.toUpperCase())).toMatchObject({
      accountId: id,
      member: 'invited',
    });
    expect(await member(id)).toMatchObject({ active: false, invited: true });
    expect(await store.currentAgent({ sub: id, isAnonymous: false })).toEqual({ ok: true, agent: null });
    expect(await store.openInvitation(id)).toEqual({ ok: true, invitation: { role: 'agent' } });
    // An admin can't switch it on in the person's stead.
    expect(await store.setActive(admin.asker, id, true)).toEqual({ ok: false, code: 'missing' });

    expect(await store.acceptInvitation({ id, from: FROM }, 'Mei Lin')).toEqual({ ok: true });
    expect(await member(id)).toMatchObject({ name: 'Mei Lin', active: true, invited: false });
    expect(await store.acceptInvitation({ id, from: FROM }, 'Again')).toEqual({ ok: false, code: 'missing' });
    expect((await notedOf(id)).map(({ action, name }) => `${name} ${action}`)).toEqual([
      'Ada Admin invited',
      'Mei Lin joined',
    ]);
  });

  test('is renewed while it is open, and leads nowhere once it is withdrawn', async () => {
    const admin = await newAdmin();
    const id = await createAccount(database(), { email: email() });
    await store.invite(admin.asker, { id, name: 'mei', role: 'agent' });
    expect(await store.invite(admin.asker, { id, name: 'mei', role: 'admin' })).toEqual({ ok: true });
    expect(await member(id)).toMatchObject({ role: 'admin', invited: true });
    expect(await store.withdrawInvitation(admin.asker, id)).toEqual({ ok: true });
    expect(await store.acceptInvitation({ id, from: null }, 'Mei')).toEqual({ ok: false, code: 'missing' });
    expect(await store.withdrawInvitation(admin.asker, id)).toEqual({ ok: false, code: 'missing' });
  });

  test('does not touch somebody who is on the team, nor bring back who was deactivated', async () => {
    const admin = await newAdmin();
    const [active, gone] = [await newAgent(), await newAgent()];
    await store.setActive(admin.asker, gone.id, false);
    for (const { id } of [active, gone]) {
      const before = await member(id);
      expect(await store.invite(admin.asker, { id, name: 'x', role: 'admin' })).toEqual({
        ok: false,
        code: 'missing',
      });
      expect(await store.acceptInvitation({ id, from: null }, 'x')).toEqual({ ok: false, code: 'missing' });
      expect(await store.withdrawInvitation(admin.asker, id)).toEqual({ ok: false, code: 'missing' });
      expect(await member(id)).toEqual(before);
    }
  });
});

describe('signing in', () => {
  test('is noted; failing is, once a minute, for an agent’s address, and never for what else was typed', async () => {
    const agent = await newAgent({ name: 'Mei' });
    const [account] = await database()`select email from auth.users where id = ${agent.id}`;
    const typed = email();
    await store.noteSignIn({ id: agent.id }, FROM);
    await store.noteSignIn({ email: account?.email }, FROM);
    await store.noteSignIn({ email: account?.email }, FROM);
    await store.noteSignIn({ email: account?.email }, '2001:db8:7::/48');
    await store.noteSignIn({ email: typed }, FROM);
    const visitor = await createAccount(database(), { email: email() });
    await store.noteSignIn({ id: visitor }, FROM);
    expect(await notedOf(agent.id)).toMatchObject([
      { action: 'signed_in', name: 'Mei', network: FROM },
      { action: 'sign_in_failed', network: FROM },
      { action: 'sign_in_failed', network: '2001:db8:7::/48' },
    ]);
    expect(await notedOf(visitor)).toEqual([]);
    const [left] =
      await database()`select count(*)::int as n from public.audit_log a where to_jsonb(a)::text like ${`%${typed}%`}`;
    expect(left).toEqual({ n: 0 });
  });
});
