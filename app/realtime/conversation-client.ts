import type { ConversationClient, ConversationClientOptions } from './types.ts';

/** Opens a conversation: socket, outbox and state in one. */
export declare function createConversationClient(options: ConversationClientOptions): ConversationClient;
