import { DEFAULT_LIMITS } from '../../../app/protocol/limits.ts';
import type { Message } from '../../../app/protocol/model.ts';
import { type Random, randomFrom } from '../../faults/harness/random.ts';
import type { TestBackend } from '../../support/backend.ts';
import type { Outcome } from '../play.ts';
import { type Room, Stage } from '../stage.ts';
import type { AttackSocket } from '../tools/socket.ts';
import { type Generated, generate, type Memory } from './generate.ts';

export interface Throw {
  seed: number;
  frames: number;
  log?: (line: string) => void;
}

/** Frames between two looks at whether everybody has been answered. */
const VOLLEY = 250;
const EXPECTED = 'nothing outside the protocol; the room lives; seq without a gap; Postgres the same';

/** Limits that would only slow the frames down. What is not about speed stays as it is. */
const LIMITS = JSON.stringify({
  messagesPerMinute: 1e9,
  messageBurst: 1e9,
  framesPerSecond: 1e9,
  welcomeMessages: 20,
  historyPage: DEFAULT_LIMITS.historyPage,
});

interface Thrower {
  token: string;
  random: Random;
  memory: Memory;
  socket: AttackSocket;
}

/**
 * Throws generated frames at one room from four sockets: its visitor twice, its agent, and an agent who only looks.
 * The same seed makes the same frames.
 */
export async function throwFrames(
  backend: TestBackend,
  { seed, frames, log = () => {} }: Throw,
): Promise<Outcome> {
  const stage = await Stage.open(backend, { LIMITS });
  const attack = `${frames.toLocaleString('en-US')} generated frames from four sockets, seed ${seed}`;
  try {
    const got = await run(stage, seed, frames, log);
    return { attack, expected: EXPECTED, got, held: got === EXPECTED };
  } finally {
    await stage.close();
  }
}

async function run(stage: Stage, seed: number, frames: number, log: (line: string) => void): Promise<string> {
  const room = await stage.room();
  const [its, other] = [await stage.account({ agent: {} }), await stage.account({ agent: {} })];
  await stage.act(its.token, room.id, 'accept');
  const workerd = stage.worker.pid;
  const random = randomFrom(seed, 'frames');
  const visitorSaid: Memory = { sends: [] };
  const throwers: Thrower[] = [];
  for (const [name, token, memory] of [
    ['visitor', room.visitor.token, visitorSaid],
    ['visitor’s other tab', room.visitor.token, visitorSaid],
    ['agent', its.token, { sends: [] }],
    ['looker-on', other.token, { sends: [] }],
  ] satisfies [string, string, Memory][]) {
    throwers.push({ token, memory, random: random.fork(name), socket: await stage.enter(room.id, token) });
  }

  const foreign: string[] = [];
  const tell = Math.max(VOLLEY, Math.floor(frames / 10 / VOLLEY) * VOLLEY);
  for (let thrown = 0; thrown < frames; ) {
    for (let count = Math.min(VOLLEY, frames - thrown); count > 0; count--, thrown++) {
      const thrower = random.pick(throwers);
      const frame: Generated = generate(thrower.random, thrower.memory);
      thrower.socket.raw(frame);
    }
    for (const thrower of throwers) {
      await answered(stage, room, thrower);
      foreign.push(...thrower.socket.foreign.splice(0));
      thrower.socket.frames.length = 0;
    }
    if (foreign.length > 0) return `outside the protocol: ${foreign.slice(0, 3).join(' | ')}`;
    if (thrown % tell === 0) log(`    ${thrown.toLocaleString('en-US')} thrown`);
  }
  const failed = stage.worker.output().match(/.*(?:frame_failed|request_failed|Uncaught).*/u);
  if (failed) return `failed inside: ${failed[0]}`;
  const lives =
    stage.worker.pid === workerd &&
    (await stage.dial(`/rooms/${room.id}`, { bearer: its.token }).hello()) === 'open';
  const said = await stage.log(room.id, its.token);
  log(`    ${said.length.toLocaleString('en-US')} messages in the log`);
  return `nothing outside the protocol; the room ${lives ? 'lives' : 'is dead'}; ${contiguous(said)}; ${await compared(stage, room, said)}`;
}

/** Waits until the room has dealt with all that this socket has thrown; opens another where it was shown the door. */
async function answered(stage: Stage, room: Room, thrower: Thrower): Promise<void> {
  const marker = 1_000_000 + thrower.random.int(0, 1e9);
  const { socket } = thrower;
  socket.send({ t: 'history', before: marker, limit: 1 });
  const answer = () => socket.frames.some((frame) => frame.t === 'history' && frame.before === marker);
  await socket.until(() => answer() || socket.end !== null, 'answer to a volley', 20_000);
  if (socket.end === null) return;
  if (socket.end !== 'closed 1009') throw new Error(`the room closed a socket: ${socket.end}`);
  thrower.socket = await stage.enter(room.id, thrower.token);
}

function contiguous(said: readonly Message[]): string {
  const gap = said.findIndex(({ seq }, index) => seq !== index + 1);
  const ids = new Set(said.map(({ senderId, clientId }) => `${senderId} ${clientId}`));
  if (gap >= 0) return `seq ${said[gap]?.seq} where ${gap + 1} belongs`;
  return ids.size === said.length ? 'seq without a gap' : 'a client id twice';
}

async function compared(stage: Stage, room: Room, said: readonly Message[]): Promise<string> {
  const head = async () =>
    Number((await stage.sql`select head_seq from public.conversations where id = ${room.id}`)[0]?.head_seq);
  for (const deadline = Date.now() + 15_000; (await head()) !== said.length; ) {
    if (Date.now() > deadline) return `Postgres has ${await head()} of ${said.length}`;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const rows = await stage.sql`select seq::int, id, sender_id, sender_role, client_id, content
    from public.messages where conversation_id = ${room.id} order by seq`;
  const differs = said.find(({ seq, id, senderId, senderRole, clientId, text }, index) => {
    const row = rows[index];
    return (
      row?.seq !== seq ||
      row.id !== id ||
      row.sender_id !== senderId ||
      row.sender_role !== senderRole ||
      row.client_id !== clientId ||
      row.content !== text
    );
  });
  if (differs) return `Postgres differs at ${differs.seq}`;
  return rows.length === said.length ? 'Postgres the same' : `Postgres has ${rows.length} rows`;
}
