import { errorName, log } from './log.ts';
import { roomOf } from './objects.ts';

/** Rooms told in one run of the cron. */
const ROOMS = 200;

/**
 * Tells rooms that Postgres has given their conversations to another visitor. A room that can't be told now stays
 * noted in Postgres: the next claim, the cron, or the new visitor at its door tells it.
 */
export async function tellMoved(env: Env, conversationIds: readonly string[]): Promise<void> {
  await Promise.all(conversationIds.map((id) => tell(env, id)));
}

/** The cron's part. */
export async function tellUntoldMoves(env: Env): Promise<void> {
  const untold = await env.STORE.untoldMoves(ROOMS);
  if (untold.ok) await tellMoved(env, untold.rooms);
}

async function tell(env: Env, id: string): Promise<void> {
  try {
    if ((await roomOf(env, id).moved(id)) === 'ok') await env.STORE.toldMove(id);
  } catch (error) {
    log({ event: 'room_call_failed', method: 'moved', name: errorName(error) });
  }
}
