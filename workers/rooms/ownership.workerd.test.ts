import { evictDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { CLOSE } from '../../app/protocol/codes.ts';
import type { Person } from '../auth/person.ts';
import { tellMoved, tellUntoldMoves } from '../moves.ts';
import { away, restoreStores, wipe, withStore } from '../testing/faults.ts';
import { createAccount } from '../testing/postgres.ts';
import { visitor } from '../testing/records.ts';
import {
  activeConversation,
  database,
  flushed,
  inPostgres,
  logOf,
  openConversation,
  stateOf,
  told,
} from '../testing/room.ts';
import { enter, join, say } from '../testing/sockets.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  await restoreStores();
});

async function newAccount(name = 'Rita'): Promise<Person> {
  const id = await createAccount(database(), { email: `${crypto.randomUUID()}@visitors.test`, name });
  return visitor({ id, name, isAnonymous: false });
}

/** Postgres moves; no room has heard of it yet. */
async function moveInPostgres(guest: Person, account: Person): Promise<string[]> {
  const moved = await env.STORE.moveConversations(guest.id, account.id);
  if (!moved.ok) throw new Error(moved.code);
  return moved.rooms;
}

async function move(guest: Person, account: Person): Promise<void> {
  await tellMoved(env, await moveInPostgres(guest, account));
}

const untold = async (guest: Person, account: Person) => moveInPostgres(guest, account);

describe('a conversation that moves into the guest’s account', () => {
  test('shows its agent and the queue who it is now, and goes on', async () => {
    const { id, visitor: guest, agent } = await activeConversation();
    const account = await newAccount();
    const helper = await join(id, agent);

    await move(guest, account);

    const { conversation } = await helper.next('conversation');
    expect(conversation).toMatchObject({
      status: 'active',
      visitor: { id: account.id, name: 'Rita', isAnonymous: false },
    });
    const writer = await join(id, account);
    await say(writer, 'it’s still me');
    expect((await helper.next('message')).message).toMatchObject({
      senderId: account.id,
      senderName: 'Rita',
    });
    await flushed(id);
    await told(id);
    expect(await untold(guest, account)).toEqual([]);
  });

  test('closes the guest’s sockets with 4403, and opens none for the guest’s tickets', async () => {
    const { id, visitor: guest } = await openConversation('hello');
    const account = await newAccount();
    const [one, two] = [await join(id, guest), await join(id, guest)];

    await move(guest, account);

    expect([await one.end(), await two.end()]).toEqual([CLOSE.forbidden, CLOSE.forbidden]);
    expect(await (await enter(id, guest)).end()).toBe(CLOSE.forbidden);
    // Also where the room has slept since, and where it has lost all it knew.
    await evictDurableObject(roomFor(id));
    expect(await (await enter(id, guest)).end()).toBe(CLOSE.forbidden);
    await flushed(id);
    await wipe(roomFor(id));
    expect(await (await enter(id, guest)).end()).toBe(CLOSE.forbidden);
  });

  test('is read whole by the account: what the guest wrote, too', async () => {
    const { id, visitor: guest } = await openConversation('the first');
    const before = await join(id, guest);
    await say(before, 'the second');
    const account = await newAccount();
    await move(guest, account);
    const socket = await join(id, account);
    const texts = socket.all('welcome')[0]?.messages.map((message) => message.text);
    expect(texts).toEqual(expect.arrayContaining(['the first', 'the second']));
  });

  test('takes what the guest sent once, however often the account sends it again', async () => {
    const { id, visitor: guest } = await openConversation();
    const before = await join(id, guest);
    const first = await say(before, 'was it heard?');
    const account = await newAccount();
    await move(guest, account);

    const after = await join(id, account);
    expect(await say(after, 'was it heard?', first.id)).toEqual(first);
    await flushed(id);
    await wipe(roomFor(id));
    const later = await join(id, account);
    expect(await say(later, 'was it heard?', first.id)).toEqual(first);
    expect((await logOf(roomFor(id))).filter((row) => row.text === 'was it heard?')).toHaveLength(1);
    const stored = await inPostgres(id);
    expect(stored.filter((row) => 'text' in row && row.text === 'was it heard?')).toHaveLength(1);
  });

  test('is closed as it moves where the account has an open one; says so once, and stays so', async () => {
    const account = await newAccount();
    const own = await openConversation('mine', account);
    const { id, visitor: guest, agent } = await activeConversation();
    const helper = await join(id, agent);

    await move(guest, account);
    await move(guest, account);
    expect(await roomFor(id).moved(id)).toBe('ok');

    await helper.next('conversation', ({ conversation }) => conversation.status === 'closed');
    const events = (await logOf(roomFor(id))).filter((row) => row.event?.includes('"closed"'));
    expect(events).toHaveLength(1);
    await flushed(id);
    const [row] = await database()`select status, visitor_id from public.conversations where id = ${id}`;
    expect(row).toEqual({ status: 'closed', visitor_id: account.id });
    expect(await stateOf(own.room)).toMatchObject({ status: 'waiting' });
  });
});

describe('a move that stopped half-way', () => {
  test('is brought to its end by the next attempt', async () => {
    const { id, visitor: guest } = await openConversation('hello');
    const account = await newAccount();
    await moveInPostgres(guest, account);
    await withStore(roomFor(id), { conversationOwner: away });
    expect(await roomFor(id).moved(id)).toBe('unavailable');
    await restoreStores();

    await move(guest, account);

    expect(await stateOf(roomFor(id))).toMatchObject({ visitor: { id: account.id } });
    expect(await untold(guest, account)).toEqual([]);
  });

  test('is brought to its end by the cron', async () => {
    const { id, visitor: guest } = await openConversation('hello');
    const account = await newAccount();
    await moveInPostgres(guest, account);
    await tellUntoldMoves(env);
    expect(await stateOf(roomFor(id))).toMatchObject({ visitor: { id: account.id } });
  });

  test('is brought to its end by the account at the door, which is let in and writes', async () => {
    const { id, visitor: guest } = await openConversation('hello');
    const before = await join(id, guest);
    const account = await newAccount();
    await moveInPostgres(guest, account);

    const socket = await join(id, account);
    expect(await before.end()).toBe(CLOSE.forbidden);
    await say(socket, 'here I am');
  });

  test('lets nobody in while Postgres is away: who it is has to be known', async () => {
    const { id } = await openConversation('hello');
    await withStore(roomFor(id), { conversationOwner: away });
    expect(await (await enter(id, await newAccount())).end()).toBe(CLOSE.tryAgainLater);
  });

  test('keeps closed what Postgres closed, though the room goes on writing that it is open', async () => {
    const account = await newAccount();
    await openConversation('mine', account);
    const { id, visitor: guest, agent } = await activeConversation();
    await moveInPostgres(guest, account);

    const helper = await join(id, agent);
    await say(helper, 'are you there?');
    await flushed(id);
    const [row] = await database()`select status from public.conversations where id = ${id}`;
    expect(row).toEqual({ status: 'closed' });

    await move(guest, account);
    await helper.next('conversation', ({ conversation }) => conversation.status === 'closed');
    await flushed(id);
  });
});

describe('a guest who registers', () => {
  test('keeps the socket; agent and queue see the name, and the next message bears it', async () => {
    const { id, visitor: guest, agent } = await activeConversation();
    const [writer, helper] = [await join(id, guest), await join(id, agent)];

    const known = { id: guest.id, name: 'Gwen', isAnonymous: false };
    await roomFor(id).introduce(known);
    await roomFor(id).introduce(known);

    const { conversation } = await helper.next('conversation');
    expect(conversation.visitor).toMatchObject({ name: 'Gwen', isAnonymous: false });
    expect(helper.all('conversation')).toHaveLength(1);
    await say(writer, 'now I have a name');
    expect((await helper.next('message')).message).toMatchObject({ senderId: guest.id, senderName: 'Gwen' });
    expect(writer.closed).toBeNull();
    await told(id);
  });

  test('is known by the next credential, where nobody told the room; an old ticket makes nobody a guest again', async () => {
    const { id, visitor: guest } = await openConversation('hello');
    await join(id, { ...guest, name: 'Gwen', isAnonymous: false });
    expect(await stateOf(roomFor(id))).toMatchObject({ visitor: { name: 'Gwen', isAnonymous: false } });
    const old = await join(id, guest);
    expect(old.all('welcome')[0]?.you.name).toBe('Gwen');
    expect(await stateOf(roomFor(id))).toMatchObject({ visitor: { isAnonymous: false } });
  });
});

function roomFor(id: string) {
  return env.CONVERSATION_ROOM.getByName(id);
}
