import { env, exports } from 'cloudflare:workers';
import { afterEach, describe, expect, inject, test, vi } from 'vitest';
import { roomFrameSchema } from '../app/protocol/frames.ts';
import type { Person } from './auth/person.ts';
import { signTicket } from './auth/ticket.ts';
import { roomOf } from './objects.ts';
import { withUpgrade } from './rooms/upgrade-header.ts';
import { Store } from './store/store.ts';
import { quietLog } from './testing/faults.ts';
import { visitor } from './testing/records.ts';
import { database, openConversation } from './testing/room.ts';
import { type RoomSocket, roomSocket, say, TestSocket, upgrade } from './testing/sockets.ts';

const VERSION = 'wellchina.v1';
const HOUR = 3_600_000;
const origin = 'https://chat.test';

afterEach(() => {
  vi.restoreAllMocks();
});

/** Asks Auth, as anybody's program would. */
async function auth(path: string, body: unknown, key = inject('backend').anonKey) {
  const response = await fetch(`${inject('backend').supabaseUrl}/auth/v1${path}`, {
    method: 'POST',
    headers: { apikey: key, Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  return response.json<{ access_token: string; id: string; user: { id: string } }>();
}

async function guest(): Promise<{ token: string; person: Person }> {
  const { access_token: token, user } = await auth('/signup', {});
  return { token, person: visitor({ id: user.id }) };
}

async function registered(): Promise<{ token: string; id: string }> {
  const account = { email: `${crypto.randomUUID()}@example.test`, password: crypto.randomUUID() };
  const { id } = await auth(
    '/admin/users',
    { ...account, email_confirm: true },
    inject('backend').serviceRoleKey,
  );
  const { access_token: token } = await auth('/token?grant_type=password', account);
  return { token, id };
}

async function deskAccount(active = true): Promise<{ token: string; id: string }> {
  const account = await registered();
  await database()`insert into public.chat_agents (id, name, active) values (${account.id}, 'Support', ${active})`;
  return account;
}

/** How the Worker answers: the close code, `open`, or the status where there is no socket. */
async function answer(
  path: string,
  protocols: string[],
  headers: Record<string, string> = {},
): Promise<number | 'open'> {
  const response = await upgrade(path, protocols, headers);
  if (!response.webSocket) return response.status;
  const socket = roomSocket(response);
  socket.send({ t: 'hello', after: null });
  await vi.waitFor(() => expect(socket.closed !== null || socket.all('welcome').length > 0).toBe(true), {
    timeout: 10_000,
  });
  return socket.closed?.code ?? 'open';
}

describe('a room opens', () => {
  test('to its visitor, by the token that Auth gave them', async () => {
    const { token, person } = await guest();
    const { id } = await openConversation('hello', person);
    expect(await answer(`/rooms/${id}`, [VERSION, `bearer.${token}`])).toBe('open');
    expect(await answer(`/rooms/${id}`, [VERSION], { Authorization: `Bearer ${token}` })).toBe('open');
    expect(await answer(`/rooms/${id.toUpperCase()}`, [VERSION, `bearer.${token}`])).toBe('open');
    expect(await answer(`/rooms/${id}`, [VERSION, `bearer.${token}`], { Origin: origin })).toBe('open');
  });

  test('to any agent', async () => {
    const { token } = await deskAccount();
    const { id } = await openConversation('hello');
    expect(await answer(`/rooms/${id}`, [VERSION, `bearer.${token}`])).toBe('open');
  });

  test('by a ticket, which needs neither Auth nor Postgres, and gives out the next', async () => {
    const { token, person } = await guest();
    const { id } = await openConversation('hello', person);
    const first = roomSocket(await upgrade(`/rooms/${id}`, [VERSION, `bearer.${token}`]));
    first.send({ t: 'hello', after: null });
    const { ticket } = await first.next('welcome');

    const away = vi.fn(() => Promise.reject(new Error('away')));
    vi.stubGlobal('fetch', away);
    for (const method of ['canSee', 'currentAgent', 'claimRoom'] as const) {
      vi.spyOn(Store.prototype, method).mockImplementation(away);
    }
    const second = roomSocket(await upgrade(`/rooms/${id}`, [VERSION, `ticket.${ticket}`]));
    second.send({ t: 'hello', after: null });
    const welcome = await second.next('welcome');
    await say(second, 'still here');
    vi.unstubAllGlobals();
    expect(away).not.toHaveBeenCalled();
    expect(welcome.you).toEqual({ id: person.id, role: 'visitor', name: null });
    expect(await answer(`/rooms/${id}`, [VERSION, `ticket.${welcome.ticket}`])).toBe('open');
  });

  test('by a chain of tickets no longer than the day that Auth agreed to', async () => {
    const { id, visitor: person } = await openConversation('hello');
    const expiresAt = Math.floor((Date.now() + HOUR) / 1000) * 1000;
    const ticket = await signTicket(env, id, person, expiresAt);
    const socket = roomSocket(await upgrade(`/rooms/${id}`, [VERSION, `ticket.${ticket}`]));
    socket.send({ t: 'hello', after: null });
    const next = (await socket.next('welcome')).ticket;
    const payload = JSON.parse(atob(next.split('.')[1]?.replace(/-/gu, '+').replace(/_/gu, '/') ?? ''));
    expect(payload.exp * 1000).toBe(expiresAt);
  });
});

describe('a room stays shut', () => {
  test('to everybody else, and does not say whether it is there', async () => {
    const { id } = await openConversation('hello');
    const [other, member, former] = [await guest(), await registered(), await deskAccount(false)];
    for (const { token } of [other, member, former]) {
      expect(await answer(`/rooms/${id}`, [VERSION, `bearer.${token}`])).toBe(4404);
    }
    expect(await answer(`/rooms/${crypto.randomUUID()}`, [VERSION, `bearer.${other.token}`])).toBe(4404);
    expect(await answer('/rooms/not-an-id', [VERSION, `bearer.${other.token}`])).toBe(4404);
  });

  test('to a credential that is none', async () => {
    const { id, visitor: person } = await openConversation('hello');
    const { token } = await guest();
    const [head, body, signature = ''] = token.split('.');
    const forged = [head, body, signature.split('').toReversed().join('')].join('.');
    const unsigned = [btoa('{"alg":"none"}').replace(/=/gu, ''), body, ''].join('.');
    for (const bad of ['x', forged, unsigned, inject('backend').anonKey, inject('backend').serviceRoleKey]) {
      expect(await answer(`/rooms/${id}`, [VERSION, `bearer.${bad}`])).toBe(4401);
    }
    const expired = await signTicket(env, id, person, Date.now() - 1_000);
    const elsewhere = await signTicket(env, crypto.randomUUID(), person, Date.now() + HOUR);
    for (const bad of ['x', expired, elsewhere]) {
      expect(await answer(`/rooms/${id}`, [VERSION, `ticket.${bad}`])).toBe(4401);
    }
  });

  test('while nobody can tell, it asks to come back', async () => {
    quietLog();
    const { token, person } = await guest();
    const { id } = await openConversation('hello', person);
    vi.spyOn(Store.prototype, 'canSee').mockResolvedValue({ ok: false, code: 'unavailable' });
    expect(await answer(`/rooms/${id}`, [VERSION, `bearer.${token}`])).toBe(1013);
  });

  test('to another version of the protocol', async () => {
    const { token, person } = await guest();
    const { id } = await openConversation('hello', person);
    expect(await answer(`/rooms/${id}`, ['wellchina.v0', `bearer.${token}`])).toBe(4409);
    const response = await upgrade(`/rooms/${id}`, ['wellchina.v0', `bearer.${token}`]);
    expect(response.headers.get('Sec-WebSocket-Protocol')).toBe('wellchina.v0');
  });
});

describe('who asks', () => {
  test('another site’s page gets a plain 403, whatever it carries', async () => {
    const { token, person } = await guest();
    const { id } = await openConversation('hello', person);
    for (const Origin of ['https://evil.test', 'null', 'http://chat.test', 'https://chat.test.evil.test']) {
      expect(await answer(`/rooms/${id}`, [VERSION, `bearer.${token}`], { Origin })).toBe(403);
    }
  });

  test('without an Origin only a credential will do, and no cookie may stand in for it', async () => {
    const { token, person } = await guest();
    const { id } = await openConversation('hello', person);
    expect(await answer(`/rooms/${id}`, [VERSION])).toBe(403);
    expect(await answer(`/rooms/${id}`, [VERSION], { Cookie: 'a=b' })).toBe(403);
    expect(await answer(`/rooms/${id}`, [VERSION, `bearer.${token}`], { Cookie: 'a=b' })).toBe(403);
    expect(await answer(`/rooms/${id}`, [VERSION], { Origin: origin })).toBe(4401);
  });

  test('the lobby is the agents’', async () => {
    const [visitor, former] = [await guest(), await deskAccount(false)];
    expect(await answer('/lobby', [VERSION, `bearer.${visitor.token}`])).toBe(4403);
    expect(await answer('/lobby', [VERSION, `bearer.${former.token}`])).toBe(4403);
    expect(await answer('/lobby', [VERSION, 'bearer.x'])).toBe(4401);
    expect(await answer('/lobby', [VERSION])).toBe(403);
  });
});

describe('a socket', () => {
  const open = async (id: string, person: Person, change: { issuedAt?: number; expiresAt?: number }) => {
    const response = await roomOf(env, id).fetch(
      withUpgrade(new Request(`${origin}/rooms/${id}`), {
        conversationId: id,
        person,
        ticket: '',
        issuedAt: Date.now(),
        expiresAt: Date.now() + HOUR,
        ...change,
      }),
    );
    if (!response.webSocket) throw new Error('no socket');
    return new TestSocket(response.webSocket, (json) => roomFrameSchema.parse(json)) satisfies RoomSocket;
  };

  test('that has outlived its day is told to sign in again', async () => {
    const { id, visitor: person } = await openConversation('hello');
    const socket = await open(id, person, { expiresAt: Date.now() - 1 });
    socket.send({ t: 'hello', after: null });
    expect(await socket.end()).toBe(4401);
  });

  test('of somebody whose access was ended closes, and no older credential opens another', async () => {
    const { id, visitor: person, room } = await openConversation('hello');
    const before = Date.now() - 1_000;
    const socket = await open(id, person, { issuedAt: before });
    await room.revoke(person.id, 4401);
    expect(await socket.end()).toBe(4401);
    expect(await (await open(id, person, { issuedAt: before })).end()).toBe(4401);
    const newer = await open(id, person, { issuedAt: Date.now() + 1_000 });
    newer.send({ t: 'hello', after: null });
    await newer.next('welcome');
  });
});

test('healthz says what answers and who is behind', async () => {
  const response = await exports.default.fetch(`${origin}/healthz`);
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({
    database: true,
    auth: true,
    behind: { rooms: 0, oldestSeconds: 0 },
  });

  quietLog();
  vi.spyOn(Store.prototype, 'ping').mockResolvedValue({ ok: false, code: 'unavailable' });
  const without = await exports.default.fetch(`${origin}/healthz`);
  expect(without.status).toBe(503);
  expect(await without.json()).toMatchObject({ database: false, auth: true });
});
