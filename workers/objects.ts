import { settingsOf } from './env.ts';
import type { ConversationRoom } from './rooms/conversation-room.ts';
import type { IngestLane } from './rooms/ingest-lane.ts';
import type { Lobby } from './rooms/lobby.ts';

/** Where the Durable Objects are found: one room a conversation, one lobby a site, a few lanes. */

export function roomOf(env: Env, conversationId: string): DurableObjectStub<ConversationRoom> {
  const { roomJurisdiction } = settingsOf(env);
  const rooms = roomJurisdiction
    ? env.CONVERSATION_ROOM.jurisdiction(roomJurisdiction)
    : env.CONVERSATION_ROOM;
  return rooms.getByName(conversationId);
}

export function lobbyOf(env: Env): DurableObjectStub<Lobby> {
  return env.LOBBY.getByName('lobby');
}

/** The lane that gathers this conversation's writes; always the same one, so they can't overtake each other. */
export function laneOf(env: Env, conversationId: string): DurableObjectStub<IngestLane> {
  const lane = fnv1a(conversationId) % settingsOf(env).ingestLanes;
  return env.INGEST_LANE.getByName(`lane-${lane}`);
}

/** FNV-1a, 32 bit: spreads ids evenly and needs nothing. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash >>> 0;
}
