import { eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import { chatAgents } from '../../drizzle/schema/index.ts';
import type { Transaction } from './database.ts';

/** An active agent as the Worker and the lobby need them. */
export interface AgentRecord {
  id: string;
  name: string;
  avatarUrl: string | null;
  role: 'agent' | 'admin';
  maxChats: number;
}

const currentAgentSchema = z.object({
  id: z.string(),
  name: z.string(),
  avatar_url: z.string().nullable(),
  role: z.enum(['agent', 'admin']),
  max_chats: z.number(),
});

/** The agent the transaction's claims belong to, or null when they are no active agent. */
export async function currentAgent(tx: Transaction): Promise<AgentRecord | null> {
  const [row] = await tx.execute(sql`select * from private.current_agent()`);
  if (!row) return null;
  const agent = currentAgentSchema.parse(row);
  return {
    id: agent.id,
    name: agent.name,
    avatarUrl: agent.avatar_url,
    role: agent.role,
    maxChats: agent.max_chats,
  };
}

/** Every active agent. */
export async function activeAgents(tx: Transaction): Promise<AgentRecord[]> {
  return tx
    .select({
      id: chatAgents.id,
      name: chatAgents.name,
      avatarUrl: chatAgents.avatarUrl,
      role: chatAgents.role,
      maxChats: chatAgents.maxChats,
    })
    .from(chatAgents)
    .where(eq(chatAgents.active, true))
    .orderBy(chatAgents.name);
}

/** Writes down which agents are connected: those in `online` are, everybody else is not. */
export async function writeAgentsOnline(tx: Transaction, online: string[]): Promise<void> {
  const ids = JSON.stringify(online);
  await tx.execute(sql`
    update public.chat_agents set is_online = not is_online
      where is_online <> (id::text in (select jsonb_array_elements_text(${ids}::jsonb)))`);
}
