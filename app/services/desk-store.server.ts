import type { Agent, ConversationSummary } from '../protocol/model.ts';

/** Claims of a verified access token, as the store wants them for row level security. */
export interface Claims {
  sub: string;
  [claim: string]: unknown;
}

/** The signed-in agent, as the desk shows them. */
export type CurrentAgent = Pick<Agent, 'id' | 'name' | 'avatarUrl' | 'role' | 'maxChats'>;

type Answer<Value> = ({ ok: true } & Value) | { ok: false; code: string };

/** What the desk asks of Postgres. Never throws: a database that is away is `{ok: false}`. */
export interface DeskStore {
  currentAgent(person: { id: string; claims: Claims }): Promise<Answer<{ agent: CurrentAgent | null }>>;
  listConversations(query: {
    person: { id: string; claims: Claims };
    scope: 'open' | 'closed' | 'mine';
    before?: string;
    limit: number;
  }): Promise<Answer<{ conversations: ConversationSummary[]; next?: string }>>;
}

/** The store behind the service binding, by the part of it that the desk uses. */
export function deskStore(env: Pick<Env, 'STORE'>): DeskStore {
  return env.STORE as unknown as DeskStore;
}
