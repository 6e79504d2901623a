import type { AuditAction, AuditActor } from '../../app/protocol/audit.ts';
import type { Conversation, ConversationSummary, ParticipantRole } from '../../app/protocol/model.ts';
import type { Person } from '../auth/person.ts';
import { type AuditTrail, actorOf, SYSTEM_ACTOR } from './audit-trail.ts';
import type { Flusher } from './flusher.ts';
import type { AssignedAgent, RoomState } from './records.ts';
import type { RoomCore } from './room-core.ts';
import { accept, close, giveBack, reopen, type Transition, takeOver, transfer } from './room-state.ts';
import type { RoomStorage } from './room-storage.ts';

/** `not_found`: there is no such conversation. `unavailable`: an empty room could not be loaded; try again. */
export type RoomCode = 'not_found' | 'unavailable' | 'conflict' | 'forbidden';
export type RoomResult =
  | { ok: true; conversation: Conversation; summary: ConversationSummary }
  /** `conversation`: how it stands instead; `openId`: the visitor's other conversation that is in the way. */
  | { ok: false; code: RoomCode; conversation?: Conversation; openId?: string };

export interface RoomChangesDeps {
  core: RoomCore;
  storage: RoomStorage;
  flusher: Flusher;
  audit: AuditTrail;
  store(): Env['STORE'];
}

/** What a change is noted as. */
interface Noted {
  action: AuditAction;
  by: AuditActor;
  /** The agent it concerns, besides whoever did it. */
  concerns?: AssignedAgent | 'previous agent';
}

/**
 * The changes of a conversation's state: what may be done is `room-state`'s to say, who has it is decided here, and
 * who did it is noted in the same synchronous block. The room has been loaded by then.
 */
export class RoomChanges {
  readonly #deps: RoomChangesDeps;

  constructor(deps: RoomChangesDeps) {
    this.#deps = deps;
  }

  /** The lobby has kept a place with this agent; the room decides who has the conversation. */
  accept(agent: AssignedAgent, by = themselves(agent)): RoomResult {
    return this.#apply('agent', (state, now) => accept(state, agent, now), true, { action: 'accepted', by });
  }

  takeOver(agent: AssignedAgent, by = themselves(agent)): RoomResult {
    const noted: Noted = { action: 'taken_over', by, concerns: 'previous agent' };
    return this.#apply('agent', (state, now) => takeOver(state, agent, now), true, noted);
  }

  transfer(by: Person, to: AssignedAgent, toIsOnline: boolean, from: string | null): RoomResult {
    const noted: Noted = { action: 'transferred', by: actorOf(by, from), concerns: to };
    return this.#apply('agent', (state, now) => transfer(state, by, to, now), toIsOnline, noted);
  }

  close(by: Person, from: string | null): RoomResult {
    const noted: Noted = { action: 'closed', by: actorOf(by, from) };
    const { agentOnline } = this.#deps.storage;
    return this.#apply(by.role, (state, now) => close(state, by, now), agentOnline, noted);
  }

  giveBack(agentId: string, by: AuditActor): RoomResult {
    const noted: Noted = { action: 'returned', by, concerns: 'previous agent' };
    return this.#apply('agent', (state, now) => giveBack(state, agentId, now), false, noted);
  }

  /** Only Postgres sees whether the visitor has another open one, so it is asked first. */
  async reopen(by: AuditActor = SYSTEM_ACTOR): Promise<RoomResult> {
    const { core, flusher, store } = this.#deps;
    const { conversationId, epoch, status } = core.state;
    if (status !== 'closed') return { ok: false, code: 'conflict', conversation: core.view('agent') };
    // Otherwise the old state could be written over what Postgres is about to agree to.
    await flusher.flush();
    const answer = await store().reopenConversation(conversationId, epoch);
    if (!answer.ok) return { ok: false, code: answer.code === 'gone' ? 'not_found' : 'unavailable' };
    if (!answer.reopened) {
      return { ok: false, code: 'conflict', ...(answer.open === null ? {} : { openId: answer.open }) };
    }
    return this.#apply('agent', reopen, false, { action: 'reopened', by });
  }

  #apply(
    reader: ParticipantRole,
    transition: (state: RoomState, now: number) => Transition,
    agentOnline: boolean,
    { action, by, concerns }: Noted,
  ): RoomResult {
    const { core, audit } = this.#deps;
    const before = core.state;
    const outcome = transition(before, Date.now());
    if (!outcome.ok) return { ok: false, code: outcome.code, conversation: core.view(reader) };
    core.apply(outcome, agentOnline);
    if (outcome.state !== before) {
      const agent = concerns === 'previous agent' ? before.agent : (concerns ?? null);
      audit.note({ action, actor: by, conversationId: before.conversationId, agent });
    }
    return { ok: true, conversation: core.view(reader), summary: core.summary() };
  }
}

/** An agent who takes a conversation does so themselves. */
function themselves({ id, name }: AssignedAgent): AuditActor {
  return { id, role: 'agent', name, from: null };
}
