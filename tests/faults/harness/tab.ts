import { createConversationClient } from '../../../app/realtime/conversation-client.ts';
import type { Timing } from '../../../app/realtime/timing.ts';
import type {
  ConversationClient,
  ConversationSnapshot,
  NetworkSignals,
} from '../../../app/realtime/types.ts';
import type { Browser, BrowserTab } from './browser.ts';
import type { Written } from './checker.ts';
import type { Person } from './people.ts';
import type { Random } from './random.ts';
import { textOf } from './texts.ts';
import { createWire, type Recording, type Wire } from './wire.ts';

/** The product's waits, shortened: the constants are injected, no clock is faked. Milliseconds. */
export const QUICK: Timing = {
  firstDelay: 60,
  longestDelay: 1_000,
  tooFastDelay: 500,
  connect: 10_000,
  welcome: 10_000,
  ping: 700,
  pong: 2_000,
  doubt: 1_000,
  answer: 3_000,
  patience: 700,
};

export interface TabOptions {
  /** Also the name of the writer: who wrote what in which order. */
  name: string;
  person: Person;
  browser: Browser;
  room: string;
  conversationId: string;
  /** Address of the room's socket; asked for every client, since a line may come in between. */
  url: () => string;
  random: Random;
  /** How wrong this device's clock is, milliseconds. */
  clockError: number;
  timing: Partial<Timing>;
  recording: Recording;
}

/** One browser tab with the product's client in it. */
export interface Tab {
  readonly name: string;
  readonly person: Person;
  readonly alive: boolean;
  readonly client: ConversationClient;
  /** What this tab's person wrote, in their order. */
  readonly written: Written[];
  snapshot(): ConversationSnapshot;
  /** Writes the next message; its text says who wrote it, where, and as which. */
  write(): void;
  /** The page is loaded anew: memory is gone, what was stored is there. */
  reload(): void;
  /** Ends without a word. */
  kill(): void;
  /** The browser says that there is no network; lines are somebody else's business. */
  setOnline(online: boolean): void;
  /** What was shown at some moment and must not have been; empty when all was well. */
  readonly wrongViews: string[];
}

export function openTab(options: TabOptions): Tab {
  const { name, person, room, conversationId, random, recording } = options;
  const written: Written[] = [];
  const wrongViews: string[] = [];
  let alive = true;
  let online = true;
  let signal: (what: 'online' | 'offline' | 'visible') => void = () => {};
  const network: NetworkSignals = {
    online: () => online,
    subscribe(listener) {
      signal = listener;
      return () => {};
    },
  };
  let part: { browser: BrowserTab; wire: Wire; client: ConversationClient };

  function load(cameBack: boolean): void {
    const browser = options.browser.openTab();
    const wire = createWire({ recording, room, conversationId, person: person.id, cameBack });
    const client = createConversationClient({
      conversationId,
      url: options.url(),
      personId: person.id,
      credentials: person.credentials,
      environment: {
        now: () => Date.now() + options.clockError,
        random: random.next,
        newClientId: random.uuid,
        WebSocket: wire.WebSocket,
        storage: browser.storage,
        locks: browser.locks,
        channel: browser.channel,
        network,
        timing: { ...QUICK, ...options.timing },
      },
    });
    client.subscribe(() => look(client));
    part = { browser, wire, client };
  }

  /** A list with a hole or out of order must never be shown, not even for a moment. */
  function look(client: ConversationClient): void {
    const { messages } = client.getSnapshot();
    const first = messages[0]?.seq ?? 1;
    const last = messages.at(-1)?.seq ?? 0;
    if (messages.length !== last - first + 1)
      wrongViews.push(`${name}: ${messages.length} of ${first}–${last}`);
  }

  function end(): void {
    part.browser.kill();
    part.wire.kill();
    // Its timers; whatever else it does reaches nobody any more.
    part.client.close();
    for (const message of written) {
      if (!options.browser.holds(message.clientId)) message.mayBeForgotten = true;
    }
  }

  load(false);
  return {
    name,
    person,
    written,
    wrongViews,
    get alive() {
      return alive;
    },
    get client() {
      return part.client;
    },
    snapshot: () => part.client.getSnapshot(),
    write() {
      const text = textOf(room, name, written.length, random);
      const clientId = part.client.send(text);
      written.push({ writer: name, room, person: person.id, clientId, text });
    },
    reload() {
      end();
      load(true);
    },
    kill() {
      alive = false;
      end();
    },
    setOnline(is) {
      online = is;
      signal(is ? 'online' : 'offline');
    },
  };
}
