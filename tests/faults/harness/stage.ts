import { createdConversationSchema } from '../../../app/protocol/http.ts';
import type { Timing } from '../../../app/realtime/timing.ts';
import { createBrowser } from './browser.ts';
import type { Written } from './checker.ts';
import { type Line, openLine } from './line.ts';
import type { Person } from './people.ts';
import type { Random } from './random.ts';
import { openTab, type Tab } from './tab.ts';
import { textOf } from './texts.ts';
import { eachOf, sleep } from './until.ts';
import { newRecording, type Recording } from './wire.ts';
import type { World } from './world.ts';

const DAY_MS = 86_400_000;

/** A conversation and everybody in it. */
export interface Room {
  name: string;
  conversationId: string;
  visitor: Person;
  visitorTabs: readonly Tab[];
  agentTabs: readonly Tab[];
  /** All of them. */
  tabs: readonly Tab[];
  /** What the tabs' sockets go through, where the stage was set with lines; otherwise they go straight to the Worker. */
  line: Line | null;
}

export interface StageOptions {
  rooms: number;
  visitorTabs?: number;
  agentTabs?: number;
  lines?: boolean;
  timing?: Partial<Timing>;
  /** Leave the conversations in the queue. */
  waiting?: boolean;
}

/** Where one fault plays: rooms full of people, and what was seen of them. */
export interface Stage {
  readonly world: World;
  readonly random: Random;
  readonly recording: Recording;
  readonly rooms: readonly Room[];
  readonly tabs: readonly Tab[];
  /** First messages, which go over HTTP, and whatever else no tab of the stage wrote. */
  readonly written: Written[];
  /** Closes the tabs and lines. */
  clear(): Promise<void>;
}

/**
 * Fills rooms with people: each a new visitor whose first message makes the conversation, an agent who accepts, and
 * their tabs. Every third device's clock is wrong by a day, one way or the other.
 */
export async function setStage(world: World, random: Random, options: StageOptions): Promise<Stage> {
  const { visitorTabs = 1, agentTabs = 1, lines = false, timing = {}, waiting = false } = options;
  const recording = newRecording();
  const written: Written[] = [];
  const rooms: Room[] = [];

  async function fill(index: number): Promise<void> {
    const name = `r${index}`;
    const own = random.fork(name);
    const visitor = await world.visitor();
    const agent = world.agents[index % world.agents.length];
    if (!agent) throw new Error('no agents');

    const first = { id: own.uuid(), text: textOf(name, `${name}.first`, 0, own) };
    const made = await insisting(() =>
      world.api(visitor, 'POST', '/api/conversations', { firstMessage: first }),
    );
    const { conversation, ack } = createdConversationSchema.parse(await made.json());
    const conversationId = conversation.id;
    written.push({
      writer: `${name}.first`,
      room: name,
      person: visitor.id,
      clientId: first.id,
      text: first.text,
    });
    if (ack) recording.acks.push({ room: name, person: visitor.id, clientId: ack.id, seq: ack.seq });
    if (!waiting) {
      const accepted = await insisting(() =>
        world.api(agent, 'POST', `/api/conversations/${conversationId}/accept`),
      );
      if (!accepted.ok) throw new Error(`accept: ${accepted.status} ${await accepted.text()}`);
    }

    const line = lines ? await openLine(Number(new URL(world.worker.url).port)) : null;
    const tabsOf = (person: Person, count: number) => {
      const browser = createBrowser();
      return Array.from({ length: count }, (_, at) => {
        const tab = `${name}.${person.role}${at}`;
        return openTab({
          name: tab,
          person,
          browser,
          room: name,
          conversationId,
          url: () => `${line ? `ws://127.0.0.1:${line.port}` : world.worker.wsUrl}/rooms/${conversationId}`,
          random: own.fork(tab),
          clockError: [0, DAY_MS, -DAY_MS][(index + at) % 3] ?? 0,
          timing,
          recording,
        });
      });
    };
    const visitors = tabsOf(visitor, visitorTabs);
    const agents = tabsOf(agent, agentTabs);
    rooms.push({
      name,
      conversationId,
      visitor,
      visitorTabs: visitors,
      agentTabs: agents,
      tabs: [...visitors, ...agents],
      line,
    });
  }

  await eachOf(
    Array.from({ length: options.rooms }, (_, index) => index),
    16,
    fill,
  );
  rooms.sort((a, b) => Number(a.name.slice(1)) - Number(b.name.slice(1)));
  return {
    world,
    random,
    recording,
    rooms,
    written,
    tabs: rooms.flatMap(({ tabs }) => tabs),
    async clear() {
      for (const { tabs } of rooms) for (const tab of tabs) if (tab.alive) tab.kill();
      await Promise.all(rooms.map(({ line }) => line?.close()));
    },
  };
}

/** Asks again while the answer is a 503, as people do; both calls are safe to repeat. */
async function insisting(ask: () => Promise<Response>): Promise<Response> {
  for (let attempt = 1; ; attempt++) {
    const answer = await ask();
    if (answer.status !== 503 || attempt === 30) return answer;
    await sleep(200);
  }
}
