import type { Fault, Scene } from '../harness/play.ts';
import { openRaw } from '../harness/raw.ts';
import type { Stage } from '../harness/stage.ts';
import { startTraffic } from '../harness/traffic.ts';
import { until } from '../harness/until.ts';

/** The room has taken a message, and its ack never arrives: the line is cut on the way back. */
export const cutAfterCommit: Fault = {
  number: 2,
  title: 'cut after commit, before the reply',
  async play(scene) {
    const { stage: set, length, random, promise } = scene;
    const full = length === 'full';
    const stage = await set({ rooms: full ? 20 : 6, lines: true });
    const cutting = random.fork('cuts');
    const traffic = startTraffic(stage, { messages: full ? 8_000 : 500, pace: full ? 60 : 40 });
    let cuts = 0;
    while (traffic.share < 0.95) {
      const { line, tabs } = cutting.pick(stage.rooms);
      if (!line) continue;
      const before = stage.recording.sockets;
      await Promise.race([line.cutAtNextReply(), traffic.done]);
      cuts += 1;
      const asleep = tabs.every((tab) => !tab.alive);
      if (!asleep) await until('somebody to come back', () => stage.recording.sockets > before);
    }
    await traffic.done;
    promise('lines were cut', cuts >= (full ? 50 : 5));
    await sentAgain(scene, stage);
  },
};

/** Our browsers learn on the way back what has arrived; a program may know no better than to send it again, and again. */
async function sentAgain({ world, random, promise }: Scene, stage: Stage): Promise<void> {
  for (const { name, conversationId, visitor } of stage.rooms) {
    const open = async () => {
      const credentials = ['wellchina.v1', `bearer.${await visitor.token()}`];
      const socket = await openRaw(`${world.worker.wsUrl}/rooms/${conversationId}`, credentials);
      socket.send({ t: 'hello', after: null });
      await socket.next('a welcome', ({ t }) => t === 'welcome');
      return socket;
    };
    const frame = { t: 'send', id: random.uuid(), kind: 'text', text: `${name} sent again` };
    stage.written.push({
      writer: `${name} program`,
      room: name,
      person: visitor.id,
      clientId: frame.id,
      text: frame.text,
    });
    const [witness, cut] = [await open(), await open()];
    cut.send(frame);
    cut.close();
    await witness.next(
      'the message',
      (seen) => seen.t === 'message' && JSON.stringify(seen).includes(frame.id),
    );
    const again = await open();
    again.send(frame);
    const first = await again.next('its ack', ({ t, id }) => t === 'ack' && id === frame.id);
    const seen = again.frames.length;
    again.send(frame);
    const second = await again.next('its ack again', ({ t, id }) => t === 'ack' && id === frame.id, seen);
    promise('a resend gets the first ack', first.seq === second.seq && first.at === second.at);
    again.close();
    witness.close();
  }
}
