import type { Fault, Scene } from '../harness/play.ts';
import type { Random } from '../harness/random.ts';
import type { Room } from '../harness/stage.ts';
import { until } from '../harness/until.ts';

/** The room's memory goes between two frames, again and again; its sockets sleep through it. */
export const evictedHibernating: Fault = {
  number: 5,
  title: 'eviction between frames, sockets hibernated',
  play: (scene) => evict(scene, 'hibernate'),
};

/** The same, and the sockets go too. */
export const evictedClosing: Fault = {
  number: 6,
  title: 'eviction between frames, sockets closed',
  play: (scene) => evict(scene, 'close'),
};

/** The runtime evicts a room when its last timer has run out, so people speak in turns here: a frame, an eviction. */
async function evict(
  { world, stage: set, length, random, promise }: Scene,
  webSockets: 'hibernate' | 'close',
) {
  const full = length === 'full';
  const turns = full ? 60 : 5;
  const stage = await set({ rooms: full ? 60 : 12, visitorTabs: 2 });
  await until('everybody to be online', () =>
    stage.tabs.every((tab) => tab.snapshot().connection === 'online'),
  );
  const sockets = stage.recording.sockets;
  const lives = await Promise.all(
    stage.rooms.map(async (room) => {
      const decide = random.fork(`turns ${room.name}`);
      let answer = { lives: 1 };
      for (let turn = 0; turn < turns; turn++) {
        await speak(room, decide);
        answer = await world.order({ do: 'evict', room: room.conversationId, webSockets });
      }
      return answer.lives;
    }),
  );
  const evictions = lives.reduce((sum, count) => sum + count - 1, 0);
  promise(`rooms were evicted (${evictions} times)`, evictions >= (stage.rooms.length * turns) / 2);
  const dropped = stage.recording.sockets - sockets;
  if (webSockets === 'hibernate') promise(`no socket noticed (${dropped} did)`, dropped === 0);
  else promise(`sockets were closed (${dropped})`, dropped > stage.rooms.length);
}

/** Something small happens: a message, a few at once from several tabs, a keystroke, a read mark, a scroll. */
async function speak({ name, tabs }: Room, decide: Random): Promise<void> {
  const tab = decide.pick(tabs);
  const what = decide.next();
  if (what < 0.15) tab.client.typing(true);
  else if (what < 0.25) tab.client.read(tab.snapshot().messages.at(-1)?.seq ?? 0);
  else for (let count = decide.int(1, 3); count > 0; count--) decide.pick(tabs).write();
  await until(`${name} to have said it`, () => tabs.every(({ snapshot }) => snapshot().pending.length === 0));
}
