import type { TableAccess } from '../table.ts';
import { auditLog } from './audit-log.ts';
import { cannedResponses } from './canned-responses.ts';
import { chatAgents } from './chat-agents.ts';
import { conversationMoves } from './conversation-moves.ts';
import { conversations } from './conversations.ts';
import { messages } from './messages.ts';
import { profiles } from './profiles.ts';
import { widgetSites } from './widget-sites.ts';

/** Every table and view of our schemas, parents before children. */
export const tables: readonly TableAccess[] = [
  chatAgents,
  profiles,
  cannedResponses,
  conversations,
  messages,
  conversationMoves,
  auditLog,
  widgetSites,
];
