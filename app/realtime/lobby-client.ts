import type { LobbyClient, LobbyClientOptions } from './types.ts';

/** Opens the lobby: the queue and the agents, live. */
export declare function createLobbyClient(options: LobbyClientOptions): LobbyClient;
