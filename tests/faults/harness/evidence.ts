import { messagePageSchema } from '../../../app/protocol/http.ts';
import type { Message } from '../../../app/protocol/model.ts';
import type { Evidence, MessageRow, RoomEvidence } from './checker.ts';
import type { Room, Stage } from './stage.ts';
import { eachOf } from './until.ts';

/** Asks everybody what they have: the rooms over HTTP, Postgres in SQL, the tabs what they show. */
export async function gather(stage: Stage): Promise<Evidence> {
  const rooms: RoomEvidence[] = [];
  await eachOf(stage.rooms, 8, async (room) => {
    rooms.push(await gatherRoom(stage, room));
  });
  const behind = await stage.world.health().then(
    (health) => health.behind?.rooms ?? null,
    () => null,
  );
  return {
    rooms,
    written: [...stage.written, ...stage.tabs.flatMap((tab) => tab.written)],
    acks: stage.recording.acks,
    foreign: stage.recording.foreign,
    wrongViews: stage.tabs.flatMap((tab) => tab.wrongViews),
    behind,
  };
}

async function gatherRoom(stage: Stage, { name, conversationId, tabs }: Room): Promise<RoomEvidence> {
  const { sql } = stage.world;
  const rows = await sql<MessageRow[]>`
    select seq::int as seq, id, sender_id, sender_role, sender_name, client_id, message_type, content, event,
           created_at::text as at
      from public.messages where conversation_id = ${conversationId} order by seq`;
  const [conversation] = await sql<{ head_seq: string }[]>`
    select head_seq from public.conversations where id = ${conversationId}`;
  return {
    room: name,
    log: await readLog(stage, conversationId),
    rows,
    rowsHead: Number(conversation?.head_seq ?? -1),
    views: tabs
      .filter((tab) => tab.alive)
      .map((tab) => {
        const { messages, pending } = tab.snapshot();
        const failed = pending.filter(({ state }) => state === 'failed').length;
        return { who: tab.name, messages, unsent: pending.length - failed, failed };
      }),
  };
}

/** The room's log, page by page from the newest. */
async function readLog(stage: Stage, conversationId: string): Promise<Message[]> {
  const [agent] = stage.world.agents;
  if (!agent) throw new Error('no agents');
  const pages: Message[][] = [];
  for (let before = ''; ; ) {
    const answer = await stage.world.api(
      agent,
      'GET',
      `/api/conversations/${conversationId}/messages?limit=200${before}`,
    );
    if (!answer.ok) throw new Error(`history: ${answer.status}`);
    const { messages, more } = messagePageSchema.parse(await answer.json());
    pages.unshift(messages);
    if (!more) return pages.flat();
    before = `&before=${messages[0]?.seq}`;
  }
}
