import { vi } from 'vitest';
import type { Session } from '../protocol/http.ts';
import type { ConversationSummary, Participant } from '../protocol/model.ts';
import { memoryChannels, memoryNetwork, memoryStorage } from '../realtime/browser.fixture.ts';
import { createConversationClient } from '../realtime/conversation-client.ts';
import { createModelRoom, fakeWebSocket } from '../realtime/model-room.fixture.ts';
import { type Chat, createChat } from './chat.ts';
import type { Api } from './http.ts';
import { createKeep } from './keep.ts';
import { createSession } from './session.ts';

export const GUEST = '11111111-1111-4111-8111-111111111111';
export const VERA = '44444444-4444-4444-8444-444444444444';
export const BOB = '55555555-5555-4555-8555-555555555555';
export const AWAY = { ok: false, kind: 'unavailable', retryAfterMs: 8_000 } as const;

const part = (value: unknown) => btoa(JSON.stringify(value)).replaceAll('=', '');

/** An access token as a host page hands it in; `exp` a long time from now unless told. */
export const tokenOf = (id: string, exp = Date.parse('2026-11-23T12:00:00Z') / 1000) =>
  `${part({ alg: 'ES256' })}.${part({ sub: id, exp, is_anonymous: id === GUEST })}.x`;

export const sessionOf = (id: string): Session => ({
  accessToken: tokenOf(id),
  expiresAt: '2026-11-22T13:00:00Z',
  user: {
    id,
    isAnonymous: id === GUEST,
    ...(id === GUEST ? {} : { email: `${id.slice(0, 4)}@example.test` }),
  },
});

/** One browser with a server: rooms by conversation, conversations by person. */
function world() {
  const rooms = new Map<string, ReturnType<typeof createModelRoom>>();
  const owned = new Map<string, string[]>();
  let cookie: string | null = null;
  let made = 0;
  const sockets: string[] = [];

  function converse(owner: string, text?: string): string {
    const id = `33333333-3333-4333-8333-${String(rooms.size + 1).padStart(12, '0')}`;
    const room = createModelRoom(Date.now);
    room.conversation = {
      ...room.conversation,
      id,
      createdAt: new Date(Date.now() + rooms.size).toISOString(),
    };
    rooms.set(id, room);
    owned.set(owner, [...(owned.get(owner) ?? []), id]);
    if (text) Object.assign(room.say(text, owner), { senderRole: 'visitor' });
    return id;
  }
  const room = (id: string) => rooms.get(id) as ReturnType<typeof createModelRoom>;
  const whoOf = (bearer: string) => JSON.parse(atob(bearer.split('.')[1] ?? '')).sub as string;

  const api = {
    session: vi.fn<Api['session']>(async () => {
      cookie ??= GUEST;
      return { ok: true, value: sessionOf(cookie) };
    }),
    conversations: vi.fn<Api['conversations']>(async (bearer) => ({
      ok: true,
      value: {
        conversations: (owned.get(whoOf(bearer)) ?? []).map(
          (id): ConversationSummary => ({ ...room(id).conversation, lastMessage: null }),
        ),
      },
    })),
    create: vi.fn<Api['create']>(async (bearer, _context, first) => {
      const id = converse(whoOf(bearer));
      const message = Object.assign(room(id).say(first.text, whoOf(bearer)), {
        clientId: first.id,
        senderRole: 'visitor' as const,
      });
      const ack = { id: first.id, seq: message.seq, at: message.at };
      return { ok: true, value: { conversation: room(id).conversation, ack } };
    }),
    signOut: vi.fn<Api['signOut']>(async () => {
      cookie = null;
      return { ok: true, value: null };
    }),
    claim: vi.fn<Api['claim']>(async (bearer) => ({
      ok: true,
      value: { brought: move(GUEST, whoOf(bearer)) },
    })),
  };

  /** What the server does when a guest's conversations go to an account. */
  function move(from: string, to: string): number {
    const moved = owned.get(from) ?? [];
    owned.set(to, [...(owned.get(to) ?? []), ...moved]);
    owned.delete(from);
    for (const id of moved) for (const line of [...room(id).lines]) line.close(4403);
    return moved.length;
  }

  const stored = new Map<string, string>();
  const drafts = new Map<string, string>();
  const storage = memoryStorage();
  const channel = memoryChannels();
  /** How long a line is: what is on its way can be caught there. */
  const line = { silent: false };
  const open = (): Chat => {
    const keep = createKeep(
      () =>
        ({
          getItem: (key: string) => stored.get(key) ?? null,
          setItem: (key: string, value: string) => stored.set(key, value),
          removeItem: (key: string) => stored.delete(key),
        }) as unknown as Storage,
    );
    const Socket = function connect(url: string | URL, protocols?: string | string[]) {
      const id = String(url).split('/').at(-1) ?? '';
      const bearer = [protocols ?? []].flat().find((protocol) => protocol.startsWith('bearer.'));
      const ticket = [protocols ?? []].flat().find((protocol) => protocol.startsWith('ticket.'));
      const person = bearer ? whoOf(bearer.slice(7)) : (ticket?.slice(7).split('.')[0] ?? '');
      sockets.push(`${person} ${id}`);
      const who: Participant = { id: person, role: 'visitor', name: null };
      const allowed = owned.get(person)?.includes(id);
      return new (fakeWebSocket({
        room: room(id),
        admit: () => (allowed ? who : 4403),
        latency: () => 5,
        silent: () => line.silent,
      }))(url, protocols);
    } as unknown as typeof WebSocket;
    return createChat({
      api,
      keep,
      session: createSession(api, keep, Date.now),
      loadRoom: async () => ({ createConversationClient }),
      onRoom() {},
      environment: {
        now: Date.now,
        random: () => 0.5,
        newClientId: () => {
          made += 1;
          return `aaaaaaaa-aaaa-4aaa-8aaa-${String(made).padStart(12, '0')}`;
        },
        WebSocket: Socket,
        storage,
        locks: null,
        channel,
        network: memoryNetwork(),
      },
    });
  };
  return {
    api,
    open,
    room,
    converse,
    move,
    stored,
    drafts,
    storage,
    sockets,
    line,
    signIn: (id: string) => (cookie = id),
  };
}

export type World = ReturnType<typeof world>;

/** A new world at noon, with no clock but the test's; `leave` goes back to the real one. */
export function enter(): World {
  vi.useFakeTimers({ now: Date.parse('2026-11-22T12:00:00Z') });
  vi.stubGlobal('location', { origin: 'https://wellchina.test' });
  const here = world();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => here.drafts.get(key) ?? null,
    setItem: (key: string, value: string) => here.drafts.set(key, value),
    removeItem: (key: string) => here.drafts.delete(key),
  });
  return here;
}

export function leave(): void {
  vi.useRealTimers();
  vi.unstubAllGlobals();
}

export const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

export async function guestWith(here: World, text: string): Promise<Chat> {
  const chat = here.open();
  chat.start(false);
  chat.send(text);
  await pass(1_000);
  return chat;
}

/** The next list of conversations takes half a second. */
export function slowConversations(here: World): void {
  const { conversations } = here.api;
  const answer = conversations.getMockImplementation();
  conversations.mockImplementationOnce(async (...call) => {
    await new Promise((resolve) => setTimeout(resolve, 500));
    if (!answer) throw new Error('There is no server.');
    return answer(...call);
  });
}
