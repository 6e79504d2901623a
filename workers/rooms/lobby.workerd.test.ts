import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { LobbyFrame } from '../../app/protocol/frames.ts';
import type { Person } from '../auth/person.ts';
import { signTicket } from '../auth/ticket.ts';
import { roomOf } from '../objects.ts';
import { alarmsOf, away, fireAlarm, quietLog, restoreStores, wipe, withStore } from '../testing/faults.ts';
import {
  activeConversation,
  database,
  flushed,
  lobby,
  newAgent,
  openConversation,
  stateOf,
  told,
} from '../testing/room.ts';
import { dashboard, enter, join, roomSocket, say, upgrade } from '../testing/sockets.ts';
import { actorOf } from './audit-trail.ts';
import { ConversationRoom } from './conversation-room.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  await restoreStores();
});

const accept = (conversationId: string, agent: Person) =>
  lobby().assign(conversationId, { mode: 'accept', agent });
const deactivate = (agent: Person) =>
  database()`update public.chat_agents set active = false where id = ${agent.id}`;
const of = (id: string) => (frame: Extract<LobbyFrame, { t: 'conversation' }>) =>
  frame.conversation.id === id;
const isOnline = (person: Person, online: boolean) => (frame: Extract<LobbyFrame, { t: 'agents' }>) =>
  frame.agents.some((agent) => agent.id === person.id && agent.online === online);

describe('the dashboard', () => {
  test('gets the queue first, then each change: appearing, being written in, accepted, closed', async () => {
    const agent = await newAgent();
    const before = await openConversation('waiting already');
    const desk = await dashboard(agent);
    const { id, visitor, room } = await openConversation('hello');
    const appeared = await desk.next('conversation', of(id));
    expect(appeared.conversation).toMatchObject({ status: 'waiting', metadata: { page: '/pricing' } });

    const socket = await join(id, visitor);
    await say(socket, 'are you there?');
    await desk.next(
      'conversation',
      (frame) => of(id)(frame) && frame.conversation.lastMessage?.text === 'are you there?',
    );
    await accept(id, agent);
    await desk.next('conversation', (frame) => of(id)(frame) && frame.conversation.agent?.id === agent.id);
    await desk.next('agents', (frame) =>
      frame.agents.some((one) => one.id === agent.id && one.activeChats === 1),
    );
    await room.closeConversation(id, agent);
    await desk.next('removed', (frame) => frame.id === id);

    const [first, ...rest] = desk.frames;
    expect(first).toMatchObject({ t: 'queue' });
    expect(first?.t === 'queue' && first.conversations.some((one) => one.id === before.id)).toBe(true);
    expect(rest.some((frame) => frame.t === 'queue')).toBe(false);
  });

  test('shows unread, and the visitor coming and going', async () => {
    const { id, visitor, agent } = await activeConversation();
    const desk = await dashboard(agent);
    const socket = await join(id, visitor);
    await say(socket, 'one');
    await say(socket, 'two');
    const shown = (state: object) =>
      vi.waitFor(
        () => expect(desk.all('conversation').filter(of(id)).at(-1)?.conversation).toMatchObject(state),
        { timeout: 10_000 },
      );
    await shown({ unread: { agent: 2, visitor: 0 }, visitor: { online: true } });
    socket.close(1000);
    await shown({ unread: { agent: 2, visitor: 0 }, visitor: { online: false } });
  });

  test('takes no frames', async () => {
    const desk = await dashboard(await newAgent());
    desk.raw('{"t":"typing","on":true}');
    expect(await desk.next('error')).toMatchObject({ code: 'invalid' });
    desk.raw('ping');
    await vi.waitFor(() => expect(desk.words).toEqual(['pong']));
  });

  test('goes on after the lobby has slept', async () => {
    const desk = await dashboard(await newAgent());
    await evictDurableObject(lobby());
    const { id } = await openConversation('after');
    await desk.next('conversation', of(id));
    expect(desk.closed).toBeNull();
  });

  test('is not given back what has closed by a late word', async () => {
    const desk = await dashboard(await newAgent());
    const { id, visitor, room } = await openConversation('hello');
    const early = (await desk.next('conversation', of(id))).conversation;
    await room.closeConversation(id, visitor);
    await desk.next('removed', (frame) => frame.id === id);
    await lobby().update(early);
    const after = await openConversation('another');
    await desk.next('conversation', of(after.id));
    expect(desk.frames.at(-1)).not.toMatchObject({ conversation: { id } });
    const fresh = await (await dashboard(await newAgent())).next('queue');
    expect(fresh.conversations.some((one) => one.id === id)).toBe(false);
  });
});

describe('accepting', () => {
  test('two agents at once: one has it, the other is told who', async () => {
    const [one, two] = [await newAgent({ name: 'Support One' }), await newAgent({ name: 'Support Two' })];
    const { id, room } = await openConversation('hello');
    const answers = await Promise.all([accept(id, one), accept(id, two)]);
    const winner = (await stateOf(room))?.agent;
    expect([one.id, two.id]).toContain(winner?.id);
    expect(answers.filter((answer) => answer.ok)).toHaveLength(1);
    expect(answers.find((answer) => !answer.ok)).toMatchObject({
      code: 'conflict',
      conversation: { agent: { id: winner?.id, name: winner?.name } },
    });
  });

  test('the same agent twice: both say yes, it is one chat', async () => {
    const agent = await newAgent({ maxChats: 1 });
    const { id } = await openConversation('hello');
    const answers = await Promise.all([accept(id, agent), accept(id, agent)]);
    expect(answers.map(({ ok }) => ok)).toEqual([true, true]);
    expect(await accept(id, agent)).toMatchObject({ ok: true });
  });

  test('more at once than an agent may have: places are kept while the rooms decide', async () => {
    const agent = await newAgent({ maxChats: 2 });
    const waiting = await Promise.all([1, 2, 3, 4].map(() => openConversation('hello')));
    const answers = await Promise.all(waiting.map(({ id }) => accept(id, agent)));
    expect(answers.filter(({ ok }) => ok)).toHaveLength(2);
    expect(answers.filter((answer) => !answer.ok && answer.code === 'at_capacity')).toHaveLength(2);

    const taken = waiting[answers.findIndex(({ ok }) => ok)];
    const free = waiting[answers.findIndex(({ ok }) => !ok)];
    if (!taken || !free) throw new Error('neither');
    await taken.room.closeConversation(taken.id, agent);
    await vi.waitFor(async () => expect(await accept(free.id, agent)).toMatchObject({ ok: true }), {
      timeout: 10_000,
    });
  });

  test('one that is lost to another does not use a place up', async () => {
    const [quick, slow] = [await newAgent(), await newAgent({ maxChats: 1 })];
    const [wanted, other] = [await openConversation('wanted'), await openConversation('other')];
    await accept(wanted.id, quick);
    expect(await accept(wanted.id, slow)).toMatchObject({ ok: false, code: 'conflict' });
    expect(await accept(other.id, slow)).toMatchObject({ ok: true });
  });

  test('what is closed, or not there, is not given', async () => {
    const agent = await newAgent();
    const { id, visitor, room } = await openConversation('hello');
    await room.closeConversation(id, visitor);
    expect(await accept(id, agent)).toMatchObject({
      ok: false,
      code: 'conflict',
      conversation: { status: 'closed' },
    });
    expect(await accept(crypto.randomUUID(), agent)).toMatchObject({ ok: false, code: 'not_found' });
  });

  test('a handed over conversation counts for its new agent, who must have room', async () => {
    const [from, to] = [
      await newAgent({ name: 'Support One' }),
      await newAgent({ name: 'Support Two', maxChats: 1 }),
    ];
    const [first, second] = [await openConversation('one'), await openConversation('two')];
    await accept(first.id, from);
    await accept(second.id, from);
    const transfer = (conversationId: string, toAgentId: string) =>
      lobby().assign(conversationId, { mode: 'transfer', by: from, toAgentId });
    expect(await transfer(first.id, to.id)).toMatchObject({
      ok: true,
      conversation: { agent: { name: 'Support Two' } },
    });
    expect(await transfer(second.id, to.id)).toEqual({ ok: false, code: 'at_capacity' });
    expect(await transfer(second.id, crypto.randomUUID())).toEqual({ ok: false, code: 'not_found' });
    expect(await transfer(first.id, to.id)).toMatchObject({ ok: false, code: 'forbidden' });
    expect(await lobby().assign(first.id, { mode: 'take_over', agent: from })).toMatchObject({
      ok: true,
      conversation: { agent: { id: from.id } },
    });
  });
});

describe('who is here', () => {
  test('an agent who reloads the page was never gone; one who leaves is, after a while', async () => {
    const [agent, watcher] = [await newAgent(), await newAgent()];
    const { id, visitor } = await openConversation('hello');
    await accept(id, agent);
    const [desk, watching, socket] = [
      await dashboard(agent),
      await dashboard(watcher),
      await join(id, visitor),
    ];
    await watching.next('queue');
    expect(socket.all('welcome')[0]?.conversation.agent?.online).toBe(true);

    desk.close(1000);
    await vi.waitFor(async () => expect(await alarmsOf(lobby())).toHaveProperty('presence'));
    const back = await dashboard(agent);
    await fireAlarm(lobby());
    expect(watching.all('agents').some(isOnline(agent, false))).toBe(false);
    expect(socket.all('conversation').some((frame) => frame.conversation.agent?.online === false)).toBe(
      false,
    );

    back.close(1000);
    await vi.waitFor(async () => expect(await alarmsOf(lobby())).toHaveProperty('presence'));
    await fireAlarm(lobby());
    await watching.next('agents', isOnline(agent, false));
    await socket.next('conversation', (frame) => frame.conversation.agent?.online === false);
  });

  test('Postgres is told', async () => {
    const agent = await newAgent();
    const online = async () =>
      (await database()`select is_online from public.chat_agents where id = ${agent.id}`)[0];
    const desk = await dashboard(agent);
    await vi.waitFor(async () => expect(await online()).toEqual({ is_online: true }));
    desk.close(1000);
    await vi.waitFor(async () => expect(await alarmsOf(lobby())).toHaveProperty('presence'));
    await fireAlarm(lobby());
    await vi.waitFor(async () => expect(await online()).toEqual({ is_online: false }));
  });

  test('after a restart, which drops every socket without a word, those who do not come back are gone', async () => {
    const [agent, watcher] = [await newAgent(), await newAgent()];
    const [desk, lost] = [await dashboard(agent), await dashboard(watcher)];
    await evictDurableObject(lobby(), { webSockets: 'close' });
    await Promise.all([desk.end(), lost.end()]);
    const watching = await dashboard(watcher);
    expect((await watching.next('queue')).agents.find(({ id }) => id === agent.id)?.online).toBe(true);
    await fireAlarm(lobby());
    await watching.next('agents', isOnline(agent, false));
    expect(
      watching
        .all('agents')
        .at(-1)
        ?.agents.find(({ id }) => id === watcher.id)?.online,
    ).toBe(true);
  });
});

describe('a lobby that has lost everything', () => {
  test('reads the queue from Postgres before the first dashboard sees it', async () => {
    const { id, agent } = await activeConversation();
    const waiting = await openConversation('hello');
    await flushed(id);
    await flushed(waiting.id);
    await Promise.all([told(id), told(waiting.id)]);
    await wipe(lobby());
    const queue = await (await dashboard(agent)).next('queue');
    expect(queue.conversations.find((one) => one.id === id)).toMatchObject({
      status: 'active',
      agent: { id: agent.id },
    });
    expect(queue.conversations.find((one) => one.id === waiting.id)).toMatchObject({
      status: 'waiting',
      lastMessage: { event: { key: 'queued' } },
    });
    expect(queue.agents.some((one) => one.id === agent.id && one.activeChats === 1)).toBe(true);
  });

  test('opens all the same while Postgres is away, and catches up by itself', async () => {
    const { id, agent } = await activeConversation();
    await flushed(id);
    await told(id);
    quietLog();
    await wipe(lobby());
    await withStore(lobby(), { openConversations: away, activeAgents: away });
    const desk = await dashboard(agent);
    expect((await desk.next('queue')).conversations.some((one) => one.id === id)).toBe(false);
    expect(await alarmsOf(lobby())).toHaveProperty('reload');
    await fireAlarm(lobby());
    expect(await alarmsOf(lobby())).toHaveProperty('reload');
    await restoreStores();
    await fireAlarm(lobby());
    await desk.next('conversation', of(id));
    expect(await alarmsOf(lobby())).not.toHaveProperty('reload');
  });

  test('takes nobody’s place away because Postgres does not answer', async () => {
    const agent = await newAgent();
    const desk = await dashboard(agent);
    await withStore(lobby(), { activeAgents: away });
    await fireAlarm(lobby());
    await openConversation('still here');
    await desk.next('conversation');
    expect(desk.closed).toBeNull();
    expect(Object.keys(await alarmsOf(lobby()))).toContain('roster');
  });
});

describe('access that ends', () => {
  test('by signing out: the dashboard and every room within seconds, and the tickets with them', async () => {
    const { id, agent } = await activeConversation();
    const ticket = await signTicket(env, id, agent, Date.now() + 3_600_000);
    const [desk, socket] = [await dashboard(agent), await join(id, agent)];
    await vi.waitFor(async () =>
      expect(
        await runInDurableObject(lobby(), (_, { storage }) =>
          storage.sql.exec('select agent from entered where agent = ?', agent.id).toArray(),
        ),
      ).toHaveLength(1),
    );
    await lobby().revokeAgent(agent.id, 4401);
    expect(await Promise.all([desk.end(), socket.end()])).toEqual([4401, 4401]);
    const again = roomSocket(await upgrade(`/rooms/${id}`, ['wellchina.v1', `ticket.${ticket}`]));
    expect(await again.end()).toBe(4401);
  });

  test('by signing out: what was issued before opens neither the lobby nor a room they were never in', async () => {
    const [{ id, agent }, other] = [await activeConversation(), await openConversation()];
    await told(id);
    const [before, elsewhere] = [await dashboard(agent), await join(other.id, await newAgent())];
    const issuedAt = Date.now();
    const ticket = await signTicket(env, other.id, agent, issuedAt + 3_600_000);
    await lobby().revokeAgent(agent.id, 4401);
    await before.end();
    const desk = await dashboard(agent, issuedAt);
    const socket = roomSocket(await upgrade(`/rooms/${other.id}`, ['wellchina.v1', `ticket.${ticket}`]));
    expect(await Promise.all([desk.end(), socket.end()])).toEqual([4401, 4401]);
    // Nobody else goes with them.
    expect(elsewhere.closed).toBeNull();
  });

  test('by being deactivated in the database: noticed with the next look at the roster', async () => {
    const { id, agent } = await activeConversation();
    await told(id);
    const [desk, socket] = [await dashboard(agent), await join(id, agent)];
    await desk.next('queue');
    await deactivate(agent);
    await fireAlarm(lobby());
    expect(await Promise.all([desk.end(), socket.end()])).toEqual([4403, 4403]);
    expect(await stateOf(roomOf(env, id))).toMatchObject({ status: 'waiting', agent: null });
    const again = await enter(id, agent);
    again.send({ t: 'hello', after: null });
    await vi.waitFor(() => expect(again.closed !== null || again.all('welcome').length > 0).toBe(true));
  });

  test('also of an agent who is in a room and not at the desk', async () => {
    const { id, agent } = await activeConversation();
    const socket = await join(id, agent);
    await vi.waitFor(async () => expect(await alarmsOf(lobby())).toHaveProperty('roster'));
    await deactivate(agent);
    await vi.waitFor(async () => {
      await fireAlarm(lobby());
      expect(socket.closed?.code).toBe(4403);
    });
  });
});

describe('an agent who is deactivated', () => {
  test('is out within seconds, tickets too, and what they had waits again, in its room’s own words', async () => {
    const { id, visitor, agent } = await activeConversation({ name: 'Mei' });
    await told(id);
    const admin = await newAgent({ name: 'Ada' });
    const [desk, watching, socket, guest] = [
      await dashboard(agent),
      await dashboard(admin),
      await join(id, agent),
      await join(id, visitor),
    ];
    const ticket = socket.all('welcome')[0]?.ticket ?? '';
    await deactivate(agent);
    const since = Date.now();
    await lobby().teamChanged(actorOf({ ...admin, isAdmin: true }, null), agent.id);
    expect(await Promise.all([desk.end(), socket.end()])).toEqual([4403, 4403]);
    expect(Date.now() - since).toBeLessThan(5_000);

    const again = roomSocket(await upgrade(`/rooms/${id}`, ['wellchina.v1', `ticket.${ticket}`]));
    expect(await again.end()).toBe(4401);
    await guest.next('message', ({ message }) => message.event?.key === 'returned');
    const { conversation } = await guest.next(
      'conversation',
      (frame) => frame.conversation.status === 'waiting',
    );
    expect(conversation.agent).toBeNull();
    await watching.next('conversation', (frame) => of(id)(frame) && frame.conversation.status === 'waiting');
    await watching.next('agents', (frame) => !frame.agents.some((one) => one.id === agent.id));
    await flushed(id);
    const [row] = await database()`select status, agent_id from public.conversations where id = ${id}`;
    expect(row).toEqual({ status: 'waiting', agent_id: null });
    // Anybody else may take it.
    expect(await accept(id, admin)).toMatchObject({ ok: true });

    await fireAlarm(roomOf(env, id));
    const rows = await database()`select actor_name, actor_role, agent_name from public.audit_log
      where conversation_id = ${id} and action = 'returned'`;
    expect([...rows]).toEqual([{ actor_name: 'Ada', actor_role: 'admin', agent_name: 'Mei' }]);
  });

  test('gets nothing more, even if the Worker had still let them ask; nor does the desk open', async () => {
    const agent = await newAgent();
    const { id, room } = await openConversation('hello');
    await deactivate(agent);
    await lobby().teamChanged(actorOf(agent, null), agent.id);
    expect(await accept(id, agent)).toEqual({ ok: false, code: 'forbidden' });
    expect(await stateOf(room)).toMatchObject({ status: 'waiting' });
    expect(await (await dashboard(agent)).end()).toBe(4403);
  });

  test('while a room is giving them a conversation: it waits again', async () => {
    const agent = await newAgent();
    await (await dashboard(agent)).next('queue');
    const { id, room } = await openConversation('hello');
    const accepting = accept(id, agent);
    await deactivate(agent);
    await Promise.all([accepting, lobby().teamChanged(actorOf(agent, null), agent.id)]);
    await vi.waitFor(async () =>
      expect(await stateOf(room)).toMatchObject({ status: 'waiting', agent: null }),
    );
  });

  test('while a room does not answer: it is asked again', async () => {
    const { id, agent, room } = await activeConversation();
    await told(id);
    await (await dashboard(agent)).next('queue');
    quietLog();
    const broken = vi.spyOn(ConversationRoom.prototype, 'giveBack').mockRejectedValue(new Error('not now'));
    await deactivate(agent);
    await lobby().teamChanged(actorOf(agent, null), agent.id);
    expect(await stateOf(room)).toMatchObject({ status: 'active' });
    expect(await alarmsOf(lobby())).toHaveProperty('roster');
    broken.mockRestore();
    await fireAlarm(lobby());
    expect(await stateOf(room)).toMatchObject({ status: 'waiting' });
  });

  test('while Postgres can’t be read: is out all the same', async () => {
    const agent = await newAgent();
    const desk = await dashboard(agent);
    await desk.next('queue');
    await deactivate(agent);
    await withStore(lobby(), { activeAgents: away });
    await lobby().teamChanged(actorOf(agent, null), agent.id);
    expect(await desk.end()).toBe(4403);
  });

  test('and comes back later: with a new sign-in, not with what they held', async () => {
    const { id, agent } = await activeConversation();
    const socket = await join(id, agent);
    const ticket = socket.all('welcome')[0]?.ticket ?? '';
    await vi.waitFor(async () => expect(await alarmsOf(lobby())).toHaveProperty('roster'));
    await deactivate(agent);
    await vi.waitFor(async () => {
      await lobby().teamChanged(actorOf(agent, null), agent.id);
      expect(socket.closed?.code).toBe(4403);
    });
    await database()`update public.chat_agents set active = true where id = ${agent.id}`;
    await lobby().teamChanged(actorOf(agent, null));
    const again = roomSocket(await upgrade(`/rooms/${id}`, ['wellchina.v1', `ticket.${ticket}`]));
    expect(await again.end()).toBe(4401);
    expect((await (await dashboard(agent)).next('queue')).agents.some((one) => one.id === agent.id)).toBe(
      true,
    );
  });
});

describe('a role or a capacity that changes', () => {
  const shown = (id: string, change: object) => (frame: Extract<LobbyFrame, { t: 'agents' }>) => {
    const one = frame.agents.find((agent) => agent.id === id);
    return one !== undefined && Object.entries(change).every(([key, value]) => one[key as 'role'] === value);
  };

  test('at the team page: every desk shows it at once, and nobody is handed more', async () => {
    const [from, to] = [await newAgent(), await newAgent({ maxChats: 1 })];
    const desk = await dashboard(from);
    await desk.next('queue');
    const { id } = await openConversation('hello');
    await accept(id, from);
    await database()`update public.chat_agents set max_chats = 0 where id = ${to.id}`;
    await lobby().teamChanged(actorOf(from, null));
    await desk.next('agents', shown(to.id, { maxChats: 0 }));
    const transfer = () => lobby().assign(id, { mode: 'transfer', by: from, toAgentId: to.id });
    expect(await transfer()).toEqual({ ok: false, code: 'at_capacity' });
    await database()`update public.chat_agents set max_chats = 2 where id = ${to.id}`;
    await lobby().teamChanged(actorOf(from, null));
    expect(await transfer()).toMatchObject({ ok: true });
  });

  test('in the database: with the next look at the roster, at most four minutes away', async () => {
    const agent = await newAgent();
    const desk = await dashboard(agent);
    await desk.next('queue');
    expect((await alarmsOf(lobby())).roster).toBeLessThanOrEqual(Date.now() + 4 * 60_000);
    await database()`update public.chat_agents set role = 'admin', max_chats = 17 where id = ${agent.id}`;
    await fireAlarm(lobby());
    await desk.next('agents', shown(agent.id, { role: 'admin', maxChats: 17 }));
    expect(desk.closed).toBeNull();
    expect((await alarmsOf(lobby())).roster).toBeLessThanOrEqual(Date.now() + 4 * 60_000);
  });
});
