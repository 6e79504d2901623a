import type { Stage } from './stage.ts';
import type { Tab } from './tab.ts';
import { eachOf, until } from './until.ts';

/** Longest that healing may take, milliseconds: far longer than any back-off of these tests. */
export const PATIENCE = 120_000;

/**
 * Waits until everything that was written has been sent, everybody shows the same head, Postgres has it, and no room
 * is behind.
 *
 * @throws Error saying what is still missing; the checker then says what that means
 */
export async function quiet(stage: Stage, patience = PATIENCE): Promise<void> {
  const deadline = performance.now() + patience;
  const left = () => Math.max(1, deadline - performance.now());
  const alive = stage.tabs.filter((tab) => tab.alive);
  const busy = () => alive.filter((tab) => !isAtRest(tab));
  await until(
    'everybody to be online with nothing unsent',
    () => busy().length === 0,
    left(),
    () => busy().map(describe).slice(0, 5),
  );
  for (const room of stage.rooms) {
    const tabs = room.tabs.filter((tab) => tab.alive);
    const heads = () => tabs.map((tab) => tab.snapshot().messages.at(-1)?.seq ?? 0);
    await until(`${room.name} to show one head`, () => new Set(heads()).size <= 1, left(), heads);
  }
  const ids = stage.rooms.map(({ conversationId }) => conversationId);
  const heads = new Map(
    stage.rooms.map(({ conversationId, tabs }) => [
      conversationId,
      Math.max(...tabs.filter((tab) => tab.alive).map((tab) => tab.snapshot().messages.at(-1)?.seq ?? 0)),
    ]),
  );
  const lacking = async () => {
    const rows = await stage.world.sql<{ id: string; head_seq: string }[]>`
      select id, head_seq from public.conversations where id = any(${ids})`;
    return rows.filter(({ id, head_seq }) => Number(head_seq) < (heads.get(id) ?? 0));
  };
  await until('Postgres to have it all', async () => (await lacking()).length === 0, left(), lacking);
  await until(
    '/healthz to say that no room is behind',
    async () => (await stage.world.health()).behind?.rooms === 0,
    left(),
  );
}

/** Scrolls everybody up to the beginning, so that whole lists can be compared. */
export async function scrollUp(stage: Stage): Promise<void> {
  const alive = stage.tabs.filter((tab) => tab.alive);
  await eachOf(alive, 20, async (tab) => {
    await until(
      `${tab.name} to see the beginning`,
      () => {
        tab.client.loadOlder();
        return tab.snapshot().messages[0]?.seq === 1;
      },
      60_000,
      () => describe(tab),
    );
  });
}

function isAtRest(tab: Tab): boolean {
  const { connection, pending } = tab.snapshot();
  return connection === 'online' && pending.every(({ state }) => state === 'failed');
}

function describe(tab: Tab): object {
  const { connection, pending, older, notice, messages } = tab.snapshot();
  return {
    tab: tab.name,
    connection,
    pending: pending.slice(0, 2),
    of: pending.length,
    older,
    notice,
    first: messages[0]?.seq,
  };
}
