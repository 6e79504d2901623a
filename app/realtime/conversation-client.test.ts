import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CLOSE } from '../protocol/codes.ts';
import { memoryChannels, memoryLocks, memoryNetwork, memoryStorage, seeded } from './browser.fixture.ts';
import { createConversationClient } from './conversation-client.ts';
import { AGENT, CONVERSATION, createModelRoom, fakeWebSocket, VISITOR } from './model-room.fixture.ts';
import type { ConversationClient } from './types.ts';

const DAY_MS = 86_400_000;

/** One browser against one model room; every part can be broken from outside. */
function world(seed = 1) {
  const random = seeded(seed);
  const room = createModelRoom(Date.now);
  const net = {
    room,
    reachable: true,
    mute: false,
    /** Close codes for the next attempts, first in first out. */
    refusals: [] as number[],
    offered: [] as string[][],
    delay: 5,
    admit(protocols: string[]) {
      net.offered.push(protocols);
      if (!net.reachable) return 'unreachable' as const;
      return net.refusals.shift() ?? VISITOR;
    },
    latency: () => net.delay,
    silent: () => net.mute,
  };
  const storage = memoryStorage();
  const locks = memoryLocks();
  const channel = memoryChannels();
  const network = memoryNetwork();
  let made = 0;
  const clients: ConversationClient[] = [];
  const credentials = vi.fn(
    async (_: 'connect' | 'refused'): Promise<{ bearer?: string } | null> => ({ bearer: 'token' }),
  );
  function open(clockOff = 0): ConversationClient {
    const client = createConversationClient({
      conversationId: CONVERSATION,
      url: 'ws://test/rooms/x',
      personId: VISITOR.id,
      credentials,
      environment: {
        now: () => Date.now() + clockOff,
        random,
        newClientId: () => {
          made += 1;
          return `aaaaaaaa-aaaa-4aaa-8aaa-${String(made).padStart(12, '0')}`;
        },
        WebSocket: fakeWebSocket(net),
        storage,
        locks,
        channel,
        network,
      },
    });
    clients.push(client);
    return client;
  }
  return { room, net, storage, network, credentials, open, random, clients };
}

let here: ReturnType<typeof world>;
const texts = (client: ConversationClient) => client.getSnapshot().messages.map(({ text }) => text);
const pendingTexts = (client: ConversationClient) => client.getSnapshot().pending.map(({ text }) => text);
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const cut = (code = 1006) => {
  for (const line of [...here.room.lines]) line.close(code);
};

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse('2026-11-22T12:00:00Z') });
  here = world();
});
afterEach(() => {
  for (const client of here.clients) client.close();
  vi.useRealTimers();
});

describe('sending', () => {
  it('shows a message at once, and as sent after the ack', async () => {
    const client = here.open();
    await pass(100);
    client.send('Hello');
    expect(pendingTexts(client)).toEqual(['Hello']);
    await pass(100);
    expect(pendingTexts(client)).toEqual([]);
    expect(texts(client)).toEqual(['Hello']);
    expect(here.storage.rows.size).toBe(0);
  });

  it('offline, then a reload, then days: everything goes out once and in order', async () => {
    here.net.reachable = false;
    const before = here.open();
    for (const text of ['one', 'two', 'three']) before.send(text);
    await pass(50);
    before.close();
    await pass(3 * DAY_MS);
    here.net.reachable = true;
    const after = here.open();
    await pass(2_000);
    expect(texts(after)).toEqual(['one', 'two', 'three']);
    expect(pendingTexts(after)).toEqual([]);
  });

  it('goes on in memory where the browser refuses storage', async () => {
    here.storage.refuse = true;
    const client = here.open();
    client.send('one');
    client.send('two');
    await pass(2_000);
    expect(texts(client)).toEqual(['one', 'two']);
  });

  it('resends after a cut between commit and ack, and nothing is doubled', async () => {
    const client = here.open();
    await pass(100);
    let lose = true;
    here.room.loseAnswer = () => {
      const now = lose;
      lose = false;
      return now;
    };
    client.send('Hello');
    await pass(5_000);
    expect(here.room.log.map(({ text }) => text)).toEqual(['Hello']);
    expect(texts(client)).toEqual(['Hello']);
    expect(pendingTexts(client)).toEqual([]);
  });

  it('holds everything behind a rate limit and then goes on by itself', async () => {
    const client = here.open();
    await pass(100);
    let left = 1;
    here.room.refuse = () => {
      left -= 1;
      return left >= 0 ? { t: 'error', code: 'rate_limited', message: 'Slow.', retryAfterMs: 4_000 } : null;
    };
    client.send('one');
    client.send('two');
    await pass(3_000);
    expect(here.room.log).toEqual([]);
    expect(client.getSnapshot().notice?.code).toBe('rate_limited');
    await pass(2_000);
    expect(texts(client)).toEqual(['one', 'two']);
    expect(client.getSnapshot().notice).toBeNull();
  });

  it('keeps a refused text, lets the next one through, and sends the first again when asked', async () => {
    const client = here.open();
    await pass(100);
    here.room.refuse = () => ({ t: 'error', code: 'invalid', message: 'No.' });
    const id = client.send('bad');
    await pass(100);
    here.room.refuse = () => null;
    client.send('good');
    await pass(100);
    expect(texts(client)).toEqual(['good']);
    expect(client.getSnapshot().pending).toMatchObject([{ text: 'bad', state: 'failed' }]);
    client.retry(id);
    await pass(100);
    expect(texts(client)).toEqual(['good', 'bad']);
  });

  it('gives a discarded text back and never sends it', async () => {
    here.net.reachable = false;
    const client = here.open();
    const id = client.send('regret');
    await pass(50);
    expect(client.discard(id)).toBe('regret');
    here.net.reachable = true;
    await pass(60_000);
    expect(here.room.log).toEqual([]);
  });
});

describe('coming back', () => {
  it('uses the ticket, so Auth is not needed', async () => {
    const client = here.open();
    await pass(100);
    here.credentials.mockRejectedValue(new Error('Auth is away'));
    cut();
    await pass(3_000);
    expect(client.getSnapshot().connection).toBe('online');
    expect(here.net.offered.at(-1)).toEqual(['wellchina.v1', `ticket.${VISITOR.id}.1`]);
  });

  it('falls back to the session where the ticket is refused', async () => {
    const client = here.open();
    await pass(100);
    here.net.refusals = [CLOSE.signedOut];
    cut();
    await pass(10_000);
    expect(here.net.offered.at(-1)).toEqual(['wellchina.v1', 'bearer.token']);
    expect(client.getSnapshot().connection).toBe('online');
  });

  it('gets a new session where the old one is refused', async () => {
    here.net.refusals = [CLOSE.signedOut];
    const client = here.open();
    await pass(5_000);
    expect(here.credentials.mock.calls).toEqual([['connect'], ['refused']]);
    expect(client.getSnapshot().connection).toBe('online');
  });

  it('signs nobody out while Auth cannot say', async () => {
    here.net.refusals = [CLOSE.signedOut];
    here.credentials.mockResolvedValueOnce({ bearer: 'old' }).mockRejectedValue(new Error('503'));
    const client = here.open();
    await pass(120_000);
    expect(client.getSnapshot().connection).toBe('reconnecting');
    here.credentials.mockResolvedValue({ bearer: 'new' });
    await pass(60_000);
    expect(client.getSnapshot().connection).toBe('online');
  });

  it('believes a definite no', async () => {
    here.credentials.mockResolvedValue(null);
    const client = here.open();
    await pass(1_000);
    expect(client.getSnapshot().connection).toBe('signed_out');
  });

  it.each([
    [CLOSE.forbidden, 'forbidden'],
    [CLOSE.notFound, 'not_found'],
    [CLOSE.unsupportedVersion, 'outdated'],
  ])('stops for good after %s', async (code, connection) => {
    const client = here.open();
    await pass(100);
    const attempts = here.net.offered.length;
    cut(code);
    await pass(120_000);
    expect(client.getSnapshot().connection).toBe(connection);
    expect(here.net.offered).toHaveLength(attempts);
  });

  it('comes back later when it was too fast', async () => {
    const client = here.open();
    await pass(100);
    cut(CLOSE.tooFast);
    await pass(14_000);
    expect(client.getSnapshot().connection).toBe('reconnecting');
    await pass(30_000);
    expect(client.getSnapshot().connection).toBe('online');
  });

  it('notices within 30 s that a line is open on paper only', async () => {
    const client = here.open();
    await pass(100);
    here.net.mute = true;
    await pass(20_000);
    expect(client.getSnapshot().connection).not.toBe('online');
    here.net.mute = false;
    client.send('still here');
    await pass(20_000);
    expect(texts(client)).toEqual(['still here']);
  });

  it('comes back at once when the browser is online again', async () => {
    const client = here.open();
    await pass(100);
    here.net.reachable = false;
    here.network.say('offline');
    cut();
    expect(client.getSnapshot().connection).toBe('offline');
    await pass(300_000);
    here.net.reachable = true;
    here.network.say('online');
    await pass(200);
    expect(client.getSnapshot().connection).toBe('online');
  });

  it('asks anew when something was missed and the room doesn’t say what', async () => {
    const client = here.open();
    await pass(100);
    const [line] = here.room.lines;
    const answer = here.room.handle;
    here.room.handle = (from, data) => {
      if (!data.includes('hello')) return answer(from, data);
      here.room.handle = answer;
      from.send(JSON.stringify({ t: 'error', code: 'unavailable', message: 'Not now.' }));
    };
    here.room.lines.clear();
    here.room.say('missed');
    if (line) here.room.lines.add(line);
    here.room.say('heard');
    await pass(60_000);
    expect(texts(client)).toEqual(['missed', 'heard']);
  });

  it('carries what came meanwhile in one frame', async () => {
    const client = here.open();
    await pass(100);
    here.net.reachable = false;
    cut();
    for (const text of ['a', 'b', 'c']) here.room.say(text);
    here.net.reachable = true;
    await pass(30_000);
    expect(texts(client)).toEqual(['a', 'b', 'c']);
  });
});

describe('two tabs', () => {
  it('show each other’s messages once', async () => {
    const [one, two] = [here.open(), here.open()];
    await pass(100);
    one.send('from one');
    await pass(50);
    two.send('from two');
    await pass(1_000);
    expect(texts(one)).toEqual(['from one', 'from two']);
    expect(texts(two)).toEqual(['from one', 'from two']);
    expect(here.room.log).toHaveLength(2);
  });

  it('go on when the draining one is killed', async () => {
    const one = here.open();
    await pass(100);
    const two = here.open();
    await pass(100);
    one.close();
    two.send('alone now');
    await pass(6_000);
    expect(texts(two)).toEqual(['alone now']);
    expect(here.storage.rows.size).toBe(0);
  });
});

describe('reading and typing', () => {
  it('marks as read only forward, and again after a cut', async () => {
    const client = here.open();
    await pass(100);
    here.room.say('one');
    here.room.say('two');
    await pass(100);
    client.read(2);
    client.read(1);
    await pass(100);
    expect(here.room.conversation.read.visitor).toBe(2);
    expect(client.getSnapshot().conversation?.read.visitor).toBe(2);
  });

  it('forgets who was typing when their time is over, with a clock a day off', async () => {
    const client = here.open(DAY_MS);
    await pass(100);
    here.room.broadcast({ t: 'typing', who: AGENT, until: new Date(Date.now() + 6_000).toISOString() });
    await pass(100);
    expect(client.getSnapshot().typing).toHaveLength(1);
    await pass(6_000);
    expect(client.getSnapshot().typing).toHaveLength(0);
  });

  it('says that one types far less often than one types', async () => {
    const client = here.open();
    await pass(100);
    const said = vi.spyOn(here.room, 'broadcast');
    for (let key = 0; key < 50; key += 1) {
      client.typing(true);
      await pass(100);
    }
    expect(said.mock.calls.length).toBe(2);
  });

  it('says that one types once the line is up, where one began before', async () => {
    here.net.reachable = false;
    const client = here.open();
    await pass(100);
    const said = vi.spyOn(here.room, 'broadcast');
    here.net.reachable = true;
    client.typing(true);
    expect(said).not.toHaveBeenCalled();
    await pass(3_000);
    expect(said.mock.calls.filter(([frame]) => frame.t === 'typing')).toHaveLength(1);
  });

  it('says nothing of it where one had stopped by then', async () => {
    here.net.reachable = false;
    const client = here.open();
    await pass(100);
    client.typing(true);
    client.typing(false);
    const said = vi.spyOn(here.room, 'broadcast');
    here.net.reachable = true;
    await pass(3_000);
    expect(client.getSnapshot().connection).toBe('online');
    expect(said.mock.calls.filter(([frame]) => frame.t === 'typing')).toHaveLength(0);
  });
});

describe('any history', () => {
  it.each(Array.from({ length: 60 }, (_, index) => index + 1))(
    'of seed %i loses, doubles and reorders nothing',
    async (seed) => {
      here = world(seed);
      const { room, net, random, open, clients, storage } = here;
      const written: string[] = [];
      room.refuse = () => {
        const dice = random();
        if (dice < 0.1)
          return {
            t: 'error',
            code: 'rate_limited',
            message: '',
            retryAfterMs: 1 + Math.floor(random() * 3_000),
          };
        return dice < 0.15 ? { t: 'error', code: 'unavailable', message: '' } : null;
      };
      room.loseAnswer = () => random() < 0.1;
      net.latency = () => random() * 300;
      net.silent = () => net.mute;
      const tabs = [open(), open(random() < 0.5 ? DAY_MS : -DAY_MS)];
      for (let round = 0; round < 80; round += 1) {
        const dice = random();
        const which = Math.floor(random() * 2);
        if (dice < 0.4) {
          for (let burst = random() * 4; burst > 0; burst -= 1) {
            written.push(`own ${written.length}`);
            tabs[which]?.send(written.at(-1) ?? '');
          }
          // People don't type in two tabs within milliseconds: between tabs only what is visible has an order.
          await pass(50);
        } else if (dice < 0.6) room.say(`agent ${round}`);
        else if (dice < 0.7) cut();
        else if (dice < 0.75) net.reachable = !net.reachable;
        else if (dice < 0.8) net.mute = !net.mute;
        else if (dice < 0.85) {
          tabs[which]?.close();
          tabs[which] = open();
        }
        await pass(random() * 4_000);
      }
      net.reachable = true;
      net.mute = false;
      room.refuse = () => null;
      room.loseAnswer = () => false;
      await pass(600_000);

      const own = room.log.filter(({ senderId }) => senderId === VISITOR.id).map(({ text }) => text);
      expect(own).toEqual(written);
      for (const tab of tabs) {
        expect(texts(tab)).toEqual(room.log.map(({ text }) => text));
        expect(pendingTexts(tab)).toEqual([]);
      }
      expect(storage.rows.size).toBe(0);
      for (const client of clients) client.close();
    },
  );
});
