import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Session } from '../protocol/http.ts';
import type { ConversationSummary, Participant } from '../protocol/model.ts';
import { memoryChannels, memoryNetwork, memoryStorage } from '../realtime/browser.fixture.ts';
import { createConversationClient } from '../realtime/conversation-client.ts';
import { createModelRoom, fakeWebSocket } from '../realtime/model-room.fixture.ts';
import { type Chat, createChat } from './chat.ts';
import type { Api } from './http.ts';
import { createKeep } from './keep.ts';
import { createSession } from './session.ts';

const GUEST = '11111111-1111-4111-8111-111111111111';
const VERA = '44444444-4444-4444-8444-444444444444';
const BOB = '55555555-5555-4555-8555-555555555555';
const AWAY = { ok: false, kind: 'unavailable', retryAfterMs: 8_000 } as const;

const part = (value: unknown) => btoa(JSON.stringify(value)).replaceAll('=', '');
/** An access token as a host page hands it in; `exp` a long time from now unless told. */
const tokenOf = (id: string, exp = Date.parse('2026-11-23T12:00:00Z') / 1000) =>
  `${part({ alg: 'ES256' })}.${part({ sub: id, exp, is_anonymous: id === GUEST })}.x`;

const sessionOf = (id: string): Session => ({
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
    storage,
    sockets,
    line,
    signIn: (id: string) => (cookie = id),
  };
}

let here: ReturnType<typeof world>;
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

/** The next list of conversations takes half a second. */
function slowConversations(): void {
  const { conversations } = here.api;
  const answer = conversations.getMockImplementation();
  conversations.mockImplementationOnce(async (...call) => {
    await new Promise((resolve) => setTimeout(resolve, 500));
    if (!answer) throw new Error('There is no server.');
    return answer(...call);
  });
}
/** Everything of the chat that could be on the screen. */
function shown(chat: Chat): string {
  const { client, starting, draft, veiled, conversations } = chat.getSnapshot();
  if (veiled) return '';
  const { messages = [], pending = [] } = client?.getSnapshot() ?? {};
  return [...messages, ...pending, ...starting]
    .map(({ text }) => text)
    .concat(
      draft,
      conversations.map(({ id }) => id),
    )
    .join('|');
}
/** Every frame there ever was, each with who was there. */
function film(chat: Chat): { person: string | undefined; shown: string }[] {
  const frames: { person: string | undefined; shown: string }[] = [];
  const shoot = () => frames.push({ person: chat.getSnapshot().person?.id, shown: shown(chat) });
  let watched: unknown = null;
  shoot();
  chat.subscribe(() => {
    shoot();
    const { client } = chat.getSnapshot();
    if (client && client !== watched) client.subscribe(shoot);
    watched = client;
  });
  return frames;
}
let drafts: Map<string, string>;

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse('2026-11-22T12:00:00Z') });
  vi.stubGlobal('location', { origin: 'https://wellchina.test' });
  drafts = new Map();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => drafts.get(key) ?? null,
    setItem: (key: string, value: string) => drafts.set(key, value),
    removeItem: (key: string) => drafts.delete(key),
  });
  here = world();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function guestWith(text: string): Promise<Chat> {
  const chat = here.open();
  chat.start(false);
  chat.send(text);
  await pass(1_000);
  return chat;
}

describe('a registered person', () => {
  it('lands on their conversations, connected to the open one, and reads any of them', async () => {
    const closed = here.converse(VERA, 'last year');
    here.room(closed).conversation = { ...here.room(closed).conversation, status: 'closed' };
    const open = here.converse(VERA, 'today');
    here.signIn(VERA);
    const chat = here.open();
    chat.start(true);
    await pass(1_000);
    expect(chat.getSnapshot()).toMatchObject({
      phase: 'list',
      conversations: [{ id: closed }, { id: open }],
    });
    expect(shown(chat)).toContain('today');
    chat.openConversation(closed);
    await pass(1_000);
    expect(chat.getSnapshot().phase).toBe('room');
    expect(shown(chat)).toContain('last year');
    chat.showList();
    await pass(1_000);
    expect(chat.getSnapshot().phase).toBe('list');
    expect(here.sockets.at(-1)).toBe(`${VERA} ${open}`);
  });

  it('is where they went while it was being looked up: in the list, in one of its conversations, in a new one', async () => {
    const past = here.converse(VERA, 'last year');
    Object.assign(here.room(past).conversation, { status: 'closed' });
    here.signIn(VERA);
    const chat = here.open();
    chat.start(true);
    await pass(1_000);
    const meanwhile = async (...presses: (() => void)[]) => {
      slowConversations();
      for (const press of presses) {
        press();
        await pass(50);
      }
      await pass(1_000);
      return chat.getSnapshot().phase;
    };
    expect(await meanwhile(chat.showList, chat.startNew)).toBe('fresh');
    expect(await meanwhile(chat.showList, chat.startNew, chat.showList)).toBe('list');
    expect(await meanwhile(chat.showList, () => chat.openConversation(past), chat.startNew)).toBe('fresh');
    expect(await meanwhile(chat.showList, () => chat.openConversation(past))).toBe('room');
    expect(shown(chat)).toContain('last year');
  });

  it('opens as soon as it is asked for after signing in, though a conversation came along', async () => {
    const chat = await guestWith('Hello');
    here.move(GUEST, VERA);
    here.signIn(VERA);
    slowConversations();
    chat.adopt(sessionOf(VERA), 1);
    await pass(50);
    chat.showList();
    await pass(1_000);
    expect(chat.getSnapshot().phase).toBe('list');
    expect(shown(chat)).toContain('Hello');
  });

  it('goes straight to writing when there is nothing to list', async () => {
    here.signIn(VERA);
    const chat = here.open();
    chat.start(true);
    await pass(1_000);
    expect(chat.getSnapshot()).toMatchObject({ phase: 'fresh', person: { id: VERA, isAnonymous: false } });
  });
});

describe('a guest who gets an account', () => {
  it('is the same person in the same conversation: no socket drops, no text is lost', async () => {
    const chat = await guestWith('Hello');
    chat.setDraft('half a sen');
    const { client } = chat.getSnapshot();
    const sockets = here.sockets.length;
    const now = sessionOf(GUEST);
    chat.adopt({ ...now, user: { ...now.user, isAnonymous: false, email: 'g@example.test' } }, 0);
    await pass(1_000);
    expect(chat.getSnapshot()).toMatchObject({
      phase: 'room',
      draft: 'half a sen',
      person: { id: GUEST, isAnonymous: false, name: 'g@example.test' },
    });
    expect(chat.getSnapshot().client).toBe(client);
    expect(here.sockets.length).toBe(sockets);
  });

  it('is noticed when the mail’s link is opened somewhere else, and until then chats on', async () => {
    const chat = await guestWith('Hello');
    chat.setConfirming('g@example.test');
    chat.recheck();
    await pass(100);
    expect(chat.getSnapshot()).toMatchObject({ confirming: 'g@example.test', person: { isAnonymous: true } });
    const now = sessionOf(GUEST);
    here.api.session.mockResolvedValueOnce({
      ok: true,
      value: { ...now, user: { ...now.user, isAnonymous: false } },
    });
    chat.recheck();
    await pass(100);
    expect(chat.getSnapshot()).toMatchObject({
      confirming: null,
      person: { isAnonymous: false },
      phase: 'room',
    });
  });

  it('who signs in to another account brings the conversation, what is on its way, and the draft', async () => {
    const chat = await guestWith('Hello');
    here.line.silent = true;
    chat.send('on its way');
    chat.setDraft('half a sen');
    await pass(100);
    here.line.silent = false;
    here.move(GUEST, VERA);
    here.signIn(VERA);
    chat.adopt(sessionOf(VERA), 1);
    await pass(3_000);
    const [id = ''] = [...chat.getSnapshot().conversations.map((conversation) => conversation.id)];
    expect(here.room(id).log.map(({ text }) => text)).toEqual(['Hello', 'on its way']);
    expect(chat.getSnapshot()).toMatchObject({ phase: 'room', draft: 'half a sen', person: { id: VERA } });
    expect([...here.storage.rows.values()]).toEqual([]);
  });

  it('who signs in before having written anything is on their list', async () => {
    const theirs = here.converse(VERA, 'mine');
    here.signIn(VERA);
    const chat = here.open();
    chat.start(false);
    chat.adopt(sessionOf(VERA), 0);
    await pass(1_000);
    expect(chat.getSnapshot()).toMatchObject({ phase: 'list', conversations: [{ id: theirs }] });
  });

  it('who brings nothing along has left the guest’s conversation for their own list', async () => {
    const chat = await guestWith('Hello');
    const theirs = here.converse(VERA, 'mine');
    here.signIn(VERA);
    chat.adopt(sessionOf(VERA), 0);
    await pass(1_000);
    expect(chat.getSnapshot()).toMatchObject({ phase: 'list', conversations: [{ id: theirs }] });
    expect(shown(chat)).not.toContain('Hello');
  });
});

describe('signing out', () => {
  it('leaves nothing of theirs in the panel and in the browser', async () => {
    here.signIn(VERA);
    here.converse(VERA, 'a secret');
    const chat = here.open();
    chat.start(true);
    await pass(1_000);
    here.line.silent = true;
    chat.send('unsent');
    chat.setDraft('half a secret');
    await pass(100);
    expect(await chat.signOut()).toBe(true);
    expect(chat.getSnapshot()).toMatchObject({
      phase: 'fresh',
      person: null,
      client: null,
      draft: '',
      conversations: [],
    });
    expect([...here.storage.rows.values()]).toEqual([]);
    expect(JSON.stringify([...here.stored, ...drafts])).not.toContain('secret');
  });

  it('names the session that the frame keeps itself, since the token may be over by then', async () => {
    const chat = await guestWith('Hello');
    here.stored.set('wellchina-refresh', 'kept-in-the-frame');
    expect(await chat.signOut()).toBe(true);
    expect(here.api.signOut).toHaveBeenCalledWith(expect.any(String), 'kept-in-the-frame');
    expect(here.stored.has('wellchina-refresh')).toBe(false);
  });

  it('is not done by a server that is away: nothing has changed then', async () => {
    const chat = await guestWith('Hello');
    here.api.signOut.mockResolvedValueOnce(AWAY);
    expect(await chat.signOut()).toBe(false);
    expect(shown(chat)).toContain('Hello');
    expect(chat.getSnapshot()).toMatchObject({ phase: 'room', problem: { kind: 'unavailable' } });
  });

  it('empties the other tab as well, and makes no guest there', async () => {
    here.signIn(VERA);
    here.converse(VERA, 'a secret');
    const [one, other] = [here.open(), here.open()];
    for (const chat of [one, other]) chat.start(true);
    await pass(1_000);
    const asked = here.api.session.mock.calls.length;
    await one.signOut();
    await pass(60_000);
    expect(shown(other)).not.toContain('secret');
    expect(other.getSnapshot().person).toBeNull();
    expect(here.api.session.mock.calls.length).toBe(asked);
  });

  it('the next person at this browser never sees what was typed before, not even while Auth is away', async () => {
    here.signIn(VERA);
    const hers = here.open();
    hers.start(true);
    await pass(100);
    hers.setDraft('my diagnosis');
    const away = here.open();
    here.api.session.mockResolvedValue(AWAY);
    away.start(true);
    expect(away.getSnapshot().draft).toBe('');
    here.api.session.mockImplementation(async () => ({ ok: true, value: sessionOf(BOB) }));
    const his = here.open();
    const frames = film(his);
    his.start(true);
    await pass(20_000);
    expect(his.getSnapshot().person?.id).toBe(BOB);
    expect(frames.some(({ shown }) => shown.includes('diagnosis'))).toBe(false);
  });
});

describe('the host page’s own person', () => {
  const asVera = async () => tokenOf(VERA);
  const asBob = async () => tokenOf(BOB);

  it('brings a guest’s conversation along, once, and keeps what is being typed', async () => {
    const chat = await guestWith('Hello');
    chat.setDraft('half a sen');
    chat.setHostToken(asVera);
    await pass(1_000);
    expect(here.api.claim).toHaveBeenCalledTimes(1);
    expect(chat.getSnapshot()).toMatchObject({
      draft: 'half a sen',
      person: { id: VERA, ofHost: true },
      conversations: [{ status: 'active' }],
    });
    chat.setHostToken(asVera);
    await pass(1_000);
    expect(here.api.claim).toHaveBeenCalledTimes(1);
  });

  it('is never shown another’s messages, not for a moment, whatever comes late', async () => {
    here.converse(VERA, 'Vera’s');
    here.converse(BOB, 'Bob’s');
    const chat = here.open();
    const frames = film(chat);
    chat.setHostToken(asVera);
    chat.start(true);
    await pass(1_000);
    chat.openConversation(chat.getSnapshot().conversations[0]?.id ?? '');
    await pass(1_000);
    chat.setDraft('Vera’s draft');
    chat.send('Vera’s own');
    await pass(1_000);
    let late: (token: string) => void = () => {};
    const slow = new Promise<string>((resolve) => {
      late = resolve;
    });
    chat.setHostToken(() => slow);
    const before = frames.length;
    await pass(1_000);
    chat.setHostToken(asBob);
    await pass(1_000);
    late(tokenOf(VERA));
    await pass(1_000);
    expect(chat.getSnapshot().person?.id).toBe(BOB);
    expect(shown(chat)).toContain('Bob’s');
    expect(frames.slice(before).filter(({ shown }) => shown.includes('Vera'))).toEqual([]);
    expect(frames.filter(({ person, shown }) => person === BOB && shown.includes('Vera'))).toEqual([]);
    // And back: what she left is hers.
    chat.setHostToken(asVera);
    await pass(1_000);
    expect(chat.getSnapshot().draft).toBe('Vera’s draft');
    expect(shown(chat)).not.toContain('Bob');
  });

  it('has what is theirs looked up once, so that nothing takes them back to the list', async () => {
    here.converse(VERA, 'Vera’s');
    here.converse(BOB, 'Bob’s');
    const chat = here.open();
    chat.setHostToken(asVera);
    chat.start(true);
    await pass(1_000);
    here.api.conversations.mockClear();
    chat.setHostToken(asBob);
    await pass(1_000);
    expect(here.api.conversations).toHaveBeenCalledTimes(1);
    expect(chat.getSnapshot()).toMatchObject({ phase: 'list', veiled: false });
  });

  it('signs out with the page: sockets closed, nothing left, and no guest made', async () => {
    const id = here.converse(VERA, 'Vera’s');
    const chat = here.open();
    chat.setHostToken(asVera);
    chat.start(true);
    await pass(1_000);
    chat.setHostToken(null);
    expect(shown(chat)).toBe('');
    await pass(1_000);
    expect(here.room(id).lines.size).toBe(0);
    expect(here.api.session).not.toHaveBeenCalled();
  });

  it('said again by the page, is the same: the conversation stays where it is', async () => {
    here.converse(VERA, 'Vera’s');
    const chat = here.open();
    chat.setHostToken(asVera);
    chat.start(true);
    await pass(1_000);
    const { client } = chat.getSnapshot();
    chat.setHostToken(async () => tokenOf(VERA));
    await pass(1_000);
    expect(chat.getSnapshot().client).toBe(client);
    expect(chat.getSnapshot().veiled).toBe(false);
  });

  it('has a token that is asked for again before it ends', async () => {
    here.converse(VERA);
    const ask = vi.fn(async () => tokenOf(VERA, Date.now() / 1000 + 120));
    const chat = here.open();
    chat.setHostToken(ask);
    chat.start(true);
    await pass(1_000);
    expect(ask).toHaveBeenCalledTimes(1);
    await pass(90_000);
    chat.showList();
    await pass(1_000);
    expect(ask).toHaveBeenCalledTimes(2);
  });

  it('of whom the page can’t say anything now is nobody’s sign-out: it is asked again', async () => {
    here.converse(VERA, 'Vera’s');
    const ask = vi.fn(asVera).mockRejectedValueOnce(new Error('late'));
    const chat = here.open();
    chat.setHostToken(ask);
    chat.start(true);
    await pass(100);
    expect(chat.getSnapshot().problem?.kind).toBe('network');
    await pass(20_000);
    expect(chat.getSnapshot()).toMatchObject({ problem: null, person: { id: VERA } });
  });

  it('with something that is no token is a problem to see, and breaks nothing', async () => {
    const chat = here.open();
    chat.setHostToken(async () => 'not a token');
    chat.start(true);
    await pass(100);
    expect(chat.getSnapshot().problem).not.toBeNull();
    chat.setHostToken(null);
    chat.send('Hello');
    await pass(5_000);
    expect(shown(chat)).toContain('Hello');
  });
});
