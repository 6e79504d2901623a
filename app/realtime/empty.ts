import type { ConversationSnapshot, LobbySnapshot } from './types.ts';

/** What a screen shows before there is a client: on the server, and while there is no conversation yet. */
export const EMPTY_CONVERSATION: ConversationSnapshot = {
  connection: 'idle',
  conversation: null,
  you: null,
  messages: [],
  pending: [],
  typing: [],
  presence: { visitor: false, agents: [] },
  older: 'none',
  notice: null,
};

export const EMPTY_LOBBY: LobbySnapshot = { connection: 'idle', conversations: [], agents: [] };
