import type { Agent, ConversationSummary } from '../../app/protocol/model.ts';
import type { AgentRecord } from '../store/agents.ts';

/** What the lobby knows of the open conversations, and what follows from it; pure. */
export class QueueState {
  readonly #open = new Map<string, ConversationSummary>();
  /** Revisions of conversations that left the queue, so that a late word of one can't bring it back. */
  readonly #left = new Map<string, number>();
  /** Places kept for agents while rooms decide, one a call: two agents may ask for the same conversation at once. */
  readonly #reserved: { conversationId: string; agentId: string }[] = [];

  constructor(conversations: Iterable<ConversationSummary> = []) {
    for (const conversation of conversations) this.#open.set(conversation.id, conversation);
  }

  get conversations(): ConversationSummary[] {
    return [...this.#open.values()];
  }

  get(id: string): ConversationSummary | undefined {
    return this.#open.get(id);
  }

  /** Takes a room's word, unless something newer is known. */
  apply(summary: ConversationSummary): 'changed' | 'removed' | 'stale' {
    const known = this.#open.get(summary.id);
    if (known ? isOlder(summary, known) : summary.rev < (this.#left.get(summary.id) ?? -1)) return 'stale';
    if (summary.status === 'closed') {
      this.#left.set(summary.id, summary.rev);
      return this.#open.delete(summary.id) ? 'removed' : 'stale';
    }
    this.#left.delete(summary.id);
    this.#open.set(summary.id, summary);
    return 'changed';
  }

  /** A conversation that was deleted. */
  forget(id: string): boolean {
    return this.#open.delete(id);
  }

  /** Conversations an agent has now, and places kept for them. */
  activeChats(agentId: string): number {
    const own = this.#reserved.filter((place) => place.agentId === agentId);
    const ids = [...this.activeOf(agentId).map(({ id }) => id), ...own.map((place) => place.conversationId)];
    return new Set(ids).size;
  }

  activeOf(agentId: string): ConversationSummary[] {
    return this.conversations.filter(({ status, agent }) => status === 'active' && agent?.id === agentId);
  }

  /** Keeps a place for an agent while the room decides; false when they have no more room. */
  reserve(conversationId: string, agentId: string, maxChats: number): boolean {
    const known = this.#open.get(conversationId);
    const hasIt =
      (known?.status === 'active' && known.agent?.id === agentId) ||
      this.#placeOf(conversationId, agentId) !== -1;
    if (!hasIt && this.activeChats(agentId) >= maxChats) return false;
    this.#reserved.push({ conversationId, agentId });
    return true;
  }

  /** Gives one kept place back; nobody else's. */
  release(conversationId: string, agentId: string): void {
    const place = this.#placeOf(conversationId, agentId);
    if (place !== -1) this.#reserved.splice(place, 1);
  }

  #placeOf(conversationId: string, agentId: string): number {
    return this.#reserved.findIndex(
      (place) => place.conversationId === conversationId && place.agentId === agentId,
    );
  }
}

function isOlder(summary: ConversationSummary, known: ConversationSummary): boolean {
  if (summary.rev !== known.rev) return summary.rev < known.rev;
  return (summary.lastMessage?.seq ?? 0) < (known.lastMessage?.seq ?? 0);
}

/** The roster as agents see it. */
export function toAgents(
  roster: readonly AgentRecord[],
  online: ReadonlySet<string>,
  queue: QueueState,
): Agent[] {
  return roster.map(({ id, name, avatarUrl, role, maxChats }) => ({
    id,
    name,
    avatarUrl,
    role,
    online: online.has(id),
    activeChats: queue.activeChats(id),
    maxChats,
  }));
}
