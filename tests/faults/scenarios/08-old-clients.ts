import { CLOSE } from '../../../app/protocol/codes.ts';
import { PROTOCOL_VERSION } from '../../../app/protocol/version.ts';
import { createConversationClient } from '../../../app/realtime/conversation-client.ts';
import { difference, type Frozen, frozenProtocol } from '../harness/frozen.ts';
import type { Fault, Scene } from '../harness/play.ts';
import { openRaw, type RawSocket } from '../harness/raw.ts';
import type { Room, Stage } from '../harness/stage.ts';
import { textOf } from '../harness/texts.ts';
import { startTraffic } from '../harness/traffic.ts';
import { until } from '../harness/until.ts';

/**
 * A page that was loaded before a deploy talks to the room of today, frame for frame as it was frozen. (The reverse, a
 * client of today and the frames of then, is `protocol.test.ts`.)
 */
export const oldClients: Fault = {
  number: 8,
  title: 'old clients and the new room',
  // As when the session was recorded: a short page, so that its welcomes have a gap.
  limits: { welcomeMessages: 5 },
  async play(scene) {
    const full = scene.length === 'full';
    for (let version = 1; version <= PROTOCOL_VERSION; version++)
      await replay(scene, frozenProtocol(version));
    await refusedVersions(scene);

    const stage = await scene.stage({ rooms: full ? 20 : 5 });
    const each = full ? 100 : 25;
    const traffic = startTraffic(stage, { messages: stage.tabs.length * each, pace: 60 });
    await Promise.all(stage.rooms.map((room) => oldPage(scene, stage, room, each)));
    await traffic.done;
  },
};

/** The recorded session once more: what each side sends is the same to the byte, what it is told means the same. */
async function replay({ world, promise }: Scene, frozen: Frozen): Promise<void> {
  const [agent] = world.agents;
  if (!agent) throw new Error('no agents');
  const visitor = await world.visitor();
  const made = await world.api(visitor, 'POST', '/api/conversations', {
    context: frozen.context,
    firstMessage: frozen.firstMessage,
  });
  const { id } = ((await made.json()) as { conversation: { id: string } }).conversation;
  const open = async (person: typeof visitor) =>
    openRaw(`${world.worker.wsUrl}/rooms/${id}`, [frozen.subprotocol, `bearer.${await person.token()}`]);
  // One after the other, as then: who is there is part of what is told.
  const sockets: { visitor: RawSocket; agent: RawSocket | null } = {
    visitor: await open(visitor),
    agent: null,
  };
  const seen = { visitor: 0, agent: 0 };
  const ids = new Map<string, string>();

  for (const [index, step] of frozen.session.entries()) {
    if (step.by === 'agent') sockets.agent ??= await open(agent);
    const socket = sockets[step.by];
    for (const frame of step.sends ?? []) socket?.send(frame);
    if (step.calls) await world.api(agent, 'POST', `/api/conversations/${id}/${step.calls}`);
    for (const side of ['visitor', 'agent'] as const) {
      const told = () => (sockets[side]?.frames ?? []).filter(({ t }) => t !== 'presence');
      const expected = step[side];
      await until(
        `step ${index} of the session to be told to the ${side}`,
        () => told().length >= seen[side] + expected.length,
        20_000,
        () => ({ expected, told: told().slice(seen[side]) }),
      );
      for (const frame of expected) {
        const wrong = difference(frame, told()[seen[side]], ids, frame.t);
        promise(`step ${index}, to the ${side}: ${wrong}`, wrong === null);
        seen[side] += 1;
      }
    }
  }
  sockets.visitor.close();
  sockets.agent?.close();
}

/** Pages that are too old are told so, and today's client then asks for a reload. */
async function refusedVersions({ world, promise }: Scene): Promise<void> {
  const visitor = await world.visitor();
  const bearer = `bearer.${await visitor.token()}`;
  const url = `${world.worker.wsUrl}/rooms/${crypto.randomUUID()}`;
  for (const offered of ['wellchina.v0', 'wellchina.v999', 'chat']) {
    const socket = await openRaw(url, [offered, bearer]);
    await until('the close', () => socket.closed !== null);
    promise(`${offered} is refused (${socket.closed})`, socket.closed === CLOSE.unsupportedVersion);
  }
  const client = createConversationClient({
    conversationId: 'none',
    url,
    personId: visitor.id,
    credentials: async () => ({}),
    environment: {
      WebSocket: class extends WebSocket {
        constructor(address: string | URL) {
          super(address, ['wellchina.v0', bearer]);
        }
      },
    },
  });
  await until('the client to say that it is outdated', () => client.getSnapshot().connection === 'outdated');
  client.close();
}

/** A page of then: it says hello, sends one message after the other in frozen frames, and waits for each ack. */
async function oldPage({ world, random }: Scene, stage: Stage, room: Room, count: number): Promise<void> {
  const frozen = frozenProtocol(1);
  const template = frozen.clientFrames.find(({ t, kind }) => t === 'send' && kind === 'text');
  const own = random.fork(`old page ${room.name}`);
  const socket = await openRaw(`${world.worker.wsUrl}/rooms/${room.conversationId}`, [
    frozen.subprotocol,
    `bearer.${await room.visitor.token()}`,
  ]);
  socket.send({ t: 'hello', after: null });
  await socket.next('a welcome', ({ t }) => t === 'welcome');
  for (let n = 0; n < count; n++) {
    const writer = `${room.name}.old`;
    const message = { id: own.uuid(), text: textOf(room.name, writer, n, own) };
    const from = socket.frames.length;
    socket.send({ ...template, t: 'send', ...message });
    const { seq } = await socket.next('an ack', ({ t, id }) => t === 'ack' && id === message.id, from);
    const person = room.visitor.id;
    stage.written.push({ writer, room: room.name, person, clientId: message.id, text: message.text });
    stage.recording.acks.push({ room: room.name, person, clientId: message.id, seq: Number(seq) });
  }
  socket.close();
}
