import type { Fault, Scene } from '../harness/play.ts';
import { quiet } from '../harness/quiet.ts';
import { openRaw } from '../harness/raw.ts';
import type { Room, Stage } from '../harness/stage.ts';
import { startTraffic } from '../harness/traffic.ts';
import { until } from '../harness/until.ts';
import type { World } from '../harness/world.ts';

/**
 * What must never happen, put there under the hood: a row that Postgres refuses, a log that is gone, a Postgres that
 * was restored to an earlier hour, another life of the room. It stops and says so, and never skips or renumbers.
 */
export const poisoned: Fault = {
  number: 14,
  title: 'poison in the outbox, a wiped room, a Postgres of yesterday',
  async play(scene) {
    const { stage: set, length, world } = scene;
    const full = length === 'full';
    const stage = await set({ rooms: full ? 16 : 8, visitorTabs: 2 });
    const [nul, constraint, wiped, away, yesterday, epoch] = stage.rooms;
    if (!nul || !constraint || !wiped || !away || !yesterday || !epoch) throw new Error('too few rooms');
    const some = () => startTraffic(stage, { messages: full ? 1_200 : 150, pace: 40 }).done;
    await some();
    await quiet(stage);

    await refusedRow(scene, stage, nul, `${nul.name} poison \u0000`);
    await refusedRow(scene, stage, constraint, `${constraint.name} poison`, 'nobody');
    await some();
    await wipedRoom(scene, stage, wiped);
    await some();
    await wipedWhileAway(scene, stage, away);
    await some();
    await quiet(stage);
    await restoredPostgres(world, yesterday);
    await anotherLife(scene, stage, epoch);
    await some();
  },
};

async function underTheHood(
  world: World,
  { conversationId }: Room,
  statement: string,
  ...bindings: (string | number)[]
) {
  const answer = await world.order({ do: 'sql', room: conversationId, statement, bindings });
  return answer.rows ?? [];
}

/** Puts a row that Postgres refuses where the next message would have gone, and later the right one in its place. */
async function refusedRow(
  { world, random, promise }: Scene,
  stage: Stage,
  room: Room,
  text: string,
  role = 'visitor',
): Promise<void> {
  const { conversationId, visitor, tabs } = room;
  await until('the room to rest', () => tabs.every((tab) => tab.snapshot().pending.length === 0));
  const [row] = await underTheHood(world, room, 'select max(seq) as head from log');
  const head = Number(row?.head);
  await underTheHood(
    world,
    room,
    `insert into log (seq, id, sender_id, sender_role, sender_name, client_id, kind, text, event, at)
       values (?, ?, ?, ?, 'x', ?, 'text', ?, null, ?)`,
    head + 1,
    random.uuid(),
    visitor.id,
    role,
    random.uuid(),
    text,
    Date.now(),
  );
  // What it held in memory is older than that.
  await world.order({ do: 'evict', room: conversationId, webSockets: 'close' });

  const others = stage.rooms.filter((other) => other !== room);
  for (const { tabs: everybody } of stage.rooms) everybody[0]?.write();
  await until(
    'the room to stop and say so',
    async () => {
      const [marks] = await underTheHood(world, room, "select value from meta where key = 'marks'");
      return (
        String(marks?.value).includes('"halted":"refused"') && (await world.health()).behind?.rooms === 1
      );
    },
    40_000,
    () => world.worker.output().split('\n').slice(-5),
  );
  const ids = others.map((other) => other.conversationId);
  await until('the other rooms to go on', async () => {
    const heads = await world.sql<{ id: string; head_seq: string }[]>`
      select id, head_seq from public.conversations where id = any(${ids})`;
    return others.every((other) => {
      const shown = Math.max(...other.tabs.map((tab) => tab.snapshot().messages.at(-1)?.seq ?? 0));
      return Number(heads.find(({ id }) => id === other.conversationId)?.head_seq) >= shown;
    });
  });
  promise('nothing was skipped or renumbered', (await headOf(world, room)) === head);

  // Whoever looks after it puts it right.
  await underTheHood(
    world,
    room,
    `update log set text = ?, sender_role = 'visitor' where seq = ?`,
    `${room.name} mended`,
    head + 1,
  );
  await unhalt(world, room);
  // Who has seen the row as it was keeps it so.
  for (const tab of room.tabs) tab.reload();
}

/** Everything the room kept is gone, Postgres is there: it comes back as a new life, with every id it ever took. */
async function wipedRoom({ world, promise }: Scene, stage: Stage, room: Room): Promise<void> {
  await quiet(stage);
  const { conversationId, visitor, visitorTabs } = room;
  const head = await headOf(world, room);
  const old = visitorTabs[0]?.written[0];
  await world.order({ do: 'wipe', room: conversationId });

  const socket = await openRaw(`${world.worker.wsUrl}/rooms/${conversationId}`, [
    'wellchina.v1',
    `bearer.${await visitor.token()}`,
  ]);
  socket.send({ t: 'hello', after: head, epoch: 1 });
  const welcome = await socket.next('a welcome', ({ t }) => t === 'welcome');
  promise('a wiped room comes back as another epoch', welcome.epoch === 2 && welcome.reset === true);
  promise('a wiped room has its head again', welcome.head === head);
  if (old) {
    socket.send({ t: 'send', id: old.clientId, kind: 'text', text: old.text });
    const ack = await socket.next('the first ack again', ({ t, id }) => t === 'ack' && id === old.clientId);
    promise('a wiped room still knows what it took', Number(ack.seq) <= head);
    socket.send({ t: 'send', id: old.clientId, kind: 'text', text: `${old.text}, or not` });
    await socket.next('a conflict', ({ t, code }) => t === 'error' && code === 'conflict');
  }
  socket.close();
}

/** Postgres is away as well: the room takes nothing and shows nothing until it can know what it had. */
async function wipedWhileAway({ world, promise }: Scene, stage: Stage, room: Room): Promise<void> {
  await quiet(stage);
  const head = await headOf(world, room);
  const acks = () => stage.recording.acks.filter((ack) => ack.room === room.name).length;
  await world.backend.postgres.stop();
  await world.order({ do: 'wipe', room: room.conversationId });
  await until('everybody to be out', () => room.tabs.every((tab) => tab.snapshot().connection !== 'online'));
  const before = acks();
  for (const tab of room.tabs) tab.write();
  const attempts = stage.recording.sockets;
  await until('them to knock again', () => stage.recording.sockets > attempts + room.tabs.length * 2);
  promise('an empty room takes nothing while it cannot know', acks() === before);
  promise(
    'nobody takes a wiped room for an empty one',
    room.tabs.every(
      (tab) =>
        (tab.snapshot().messages.at(-1)?.seq ?? 0) === head && tab.snapshot().connection !== 'not_found',
    ),
  );
  await world.backend.postgres.restart();
}

/** The newest rows are gone from Postgres: the room sends them again from where Postgres says it is. */
async function restoredPostgres(world: World, room: Room): Promise<void> {
  const head = await headOf(world, room);
  const earlier = head - 5;
  await world.sql.begin(async (sql) => {
    await sql`delete from public.messages where conversation_id = ${room.conversationId} and seq > ${earlier}`;
    await sql`update public.conversations set head_seq = ${earlier} where id = ${room.conversationId}`;
  });
  room.tabs[0]?.write();
}

/** Another life of the room has claimed the conversation: this one may not write any more, and says so. */
async function anotherLife({ world, promise }: Scene, stage: Stage, room: Room): Promise<void> {
  await quiet(stage);
  const head = await headOf(world, room);
  await world.sql`update public.conversations set epoch = epoch + 1 where id = ${room.conversationId}`;
  room.tabs[0]?.write();
  await until('the room to learn that it is over', async () => (await world.health()).behind?.rooms === 1);
  promise('a stale life writes nothing', (await headOf(world, room)) === head);
  const refusals = () => stage.recording.refusals.get('unavailable') ?? 0;
  const before = refusals();
  room.tabs[0]?.write();
  await until('the room to refuse', () => refusals() > before);
  await world.sql`update public.conversations set epoch = epoch - 1 where id = ${room.conversationId}`;
  await unhalt(world, room);
}

async function headOf(world: World, { conversationId }: Room): Promise<number> {
  const [row] = await world.sql<{ head_seq: string }[]>`
    select head_seq from public.conversations where id = ${conversationId}`;
  return Number(row?.head_seq);
}

/** What the room holds in memory may be stored over this, until it is evicted. */
async function unhalt(world: World, room: Room): Promise<void> {
  await until('the room to go on', async () => {
    await underTheHood(
      world,
      room,
      "update meta set value = json_set(value, '$.halted', json('null')) where key = 'marks'",
    );
    await world.order({ do: 'evict', room: room.conversationId, webSockets: 'close' });
    const [marks] = await underTheHood(
      world,
      room,
      "select value ->> '$.halted' as halted from meta where key = 'marks'",
    );
    return marks?.halted === null;
  });
}
