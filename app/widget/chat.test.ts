import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ConversationSummary } from '../protocol/model.ts';
import { memoryChannels, memoryNetwork, memoryStorage } from '../realtime/browser.fixture.ts';
import { createConversationClient } from '../realtime/conversation-client.ts';
import { createModelRoom, fakeWebSocket, VISITOR } from '../realtime/model-room.fixture.ts';
import { type Chat, createChat } from './chat.ts';
import type { Api } from './http.ts';
import { createKeep, type Keep } from './keep.ts';
import { createSession } from './session.ts';

const AWAY = { ok: false, kind: 'unavailable', retryAfterMs: 8_000 } as const;

/** A browser's tab with a server of its own, both to be broken. */
function world() {
  const room = createModelRoom(Date.now);
  const stored = new Map<string, string>();
  const keep: Keep = createKeep(
    () =>
      ({
        getItem: (key: string) => stored.get(key) ?? null,
        setItem: (key: string, value: string) => stored.set(key, value),
        removeItem: (key: string) => stored.delete(key),
      }) as unknown as Storage,
  );
  let guests = 0;
  const list: ConversationSummary[] = [];
  const api = {
    session: vi.fn<Api['session']>(async () => {
      guests += 1;
      return {
        ok: true,
        value: {
          accessToken: `token-${guests}`,
          expiresAt: '2026-11-22T13:00:00Z',
          user: { id: VISITOR.id, isAnonymous: true },
        },
      };
    }),
    conversations: vi.fn<Api['conversations']>(async () => ({ ok: true, value: { conversations: list } })),
    create: vi.fn<Api['create']>(async (_bearer, _context, first) => {
      const held = room.log.find(({ clientId }) => clientId === first.id);
      const message = held ?? room.say(first.text, VISITOR.id);
      Object.assign(message, { clientId: first.id, senderRole: 'visitor' });
      list[0] = { ...room.conversation, lastMessage: null };
      const { seq, at } = message;
      return { ok: true, value: { conversation: room.conversation, ack: { id: first.id, seq, at } } };
    }),
    signOut: vi.fn<Api['signOut']>(async () => ({ ok: true, value: null })),
    claim: vi.fn<Api['claim']>(async () => ({ ok: true, value: { brought: 1 } })),
  };
  let made = 0;
  const storage = memoryStorage();
  const channel = memoryChannels();
  const open = (): Chat =>
    createChat({
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
        WebSocket: fakeWebSocket({ room, admit: () => VISITOR, latency: () => 5, silent: () => false }),
        storage,
        locks: null,
        channel,
        network: memoryNetwork(),
      },
    });
  return { room, api, open, keep, list };
}

let here: ReturnType<typeof world>;
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const said = () => here.room.log.map(({ text }) => text);
const shown = (chat: Chat) =>
  chat
    .getSnapshot()
    .client?.getSnapshot()
    .messages.map(({ text }) => text);

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse('2026-11-22T12:00:00Z') });
  vi.stubGlobal('location', { origin: 'https://wellchina.test' });
  const drafts = new Map<string, string>();
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

describe('a new visitor', () => {
  it('costs nothing by opening the panel', async () => {
    here.open().start(false);
    await pass(60_000);
    expect(here.api.session).not.toHaveBeenCalled();
  });

  it('becomes one guest at the first keystroke, however fast they type', async () => {
    const chat = here.open();
    for (const text of ['H', 'He', 'Hel']) chat.setDraft(text);
    await pass(100);
    expect(here.api.session).toHaveBeenCalledTimes(1);
  });

  it('starts one conversation with everything written while it was made, in order', async () => {
    const chat = here.open();
    chat.send('one');
    chat.send('two');
    chat.send('three');
    await pass(3_000);
    expect(here.api.create).toHaveBeenCalledTimes(1);
    expect(said()).toEqual(['one', 'two', 'three']);
    expect(shown(chat)).toEqual(['one', 'two', 'three']);
    expect(chat.getSnapshot().starting).toEqual([]);
  });
});

describe('while no conversation can be made', () => {
  it('the text is back in the composer, and goes out by itself under the same id', async () => {
    const chat = here.open();
    here.api.create.mockResolvedValueOnce(AWAY);
    chat.send('Hello');
    await pass(100);
    expect(chat.getSnapshot()).toMatchObject({
      draft: 'Hello',
      starting: [],
      problem: { kind: 'unavailable' },
    });
    await pass(8_100);
    expect(said()).toEqual(['Hello']);
    expect(chat.getSnapshot()).toMatchObject({ draft: '', problem: null });
    const ids = here.api.create.mock.calls.map(([, , first]) => first.id);
    expect(new Set(ids).size).toBe(1);
  });

  it('nothing goes out from under the fingers of who goes on writing', async () => {
    const chat = here.open();
    here.api.create.mockResolvedValueOnce(AWAY);
    chat.send('Hello');
    await pass(100);
    chat.setDraft('Hello, and');
    await pass(60_000);
    expect(said()).toEqual([]);
    expect(chat.getSnapshot().draft).toBe('Hello, and');
  });

  it('nobody becomes another guest by a 5xx', async () => {
    const chat = here.open();
    here.api.session.mockResolvedValueOnce(AWAY);
    chat.send('Hello');
    await pass(100);
    expect(chat.getSnapshot().problem?.kind).toBe('unavailable');
    await pass(10_000);
    expect(said()).toEqual(['Hello']);
  });

  it('a lost answer and a reload make no second message', async () => {
    const chat = here.open();
    const make = here.api.create.getMockImplementation() as Api['create'];
    here.api.create.mockImplementationOnce(async (...call) => {
      await make(...call);
      return new Promise(() => {});
    });
    chat.send('Hello');
    await pass(1_000);
    const reloaded = here.open();
    reloaded.start(true);
    await pass(3_000);
    expect(said()).toEqual(['Hello']);
    expect(shown(reloaded)).toEqual(['Hello']);
  });
});

describe('who comes back', () => {
  it('finds the open conversation', async () => {
    here.open().send('Hello');
    await pass(1_000);
    const chat = here.open();
    chat.start(true);
    await pass(1_000);
    expect(shown(chat)).toEqual(['Hello']);
  });

  it('gets a new token where the old one is refused, and no problem to see', async () => {
    here.api.conversations.mockResolvedValueOnce({ ok: false, kind: 'unauthorized' });
    const chat = here.open();
    chat.start(true);
    await pass(1_000);
    expect(here.api.session).toHaveBeenCalledTimes(2);
    expect(chat.getSnapshot()).toMatchObject({ phase: 'fresh', problem: null });
  });

  it('is told when nothing can be found out, and it is tried again', async () => {
    here.api.conversations.mockResolvedValueOnce({ ok: false, kind: 'network' });
    const chat = here.open();
    chat.start(true);
    await pass(100);
    expect(chat.getSnapshot().problem?.kind).toBe('network');
    await pass(20_000);
    expect(chat.getSnapshot()).toMatchObject({ phase: 'fresh', problem: null });
  });
});

describe('a message the close came before', () => {
  it('is back in the composer, and starts the next conversation', async () => {
    const chat = here.open();
    chat.send('Hello');
    await pass(1_000);
    here.room.refuse = () => ({ t: 'error', code: 'closed', message: 'Closed.' });
    chat.send('too late');
    await pass(1_000);
    expect(chat.getSnapshot()).toMatchObject({ draft: 'too late', kept: true });
    chat.startNew();
    expect(chat.getSnapshot()).toMatchObject({ phase: 'fresh', draft: 'too late' });
  });
});
