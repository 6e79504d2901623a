import { errorName, log } from '../log.ts';
import { lobbyOf, roomOf } from '../objects.ts';

/** Rooms asked in one run; the rest have their own alarms, and the next run. */
const ROOMS = 200;

/**
 * Asks the rooms that have been behind the longest to write what Postgres lacks. Their own alarms do this; the cron
 * is for an alarm that was lost.
 *
 * @returns how many have caught up
 */
export async function catchUpRooms(env: Env): Promise<number> {
  const behind = await lobbyOf(env).longestBehind(ROOMS);
  const caughtUp = await Promise.all(behind.map((id) => catchUp(env, id)));
  return caughtUp.filter(Boolean).length;
}

async function catchUp(env: Env, conversationId: string): Promise<boolean> {
  try {
    return await roomOf(env, conversationId).catchUp(conversationId);
  } catch (error) {
    log({ event: 'room_call_failed', method: 'catchUp', name: errorName(error) });
    return false;
  }
}
