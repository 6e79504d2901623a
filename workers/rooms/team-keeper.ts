import type { AuditActor } from '../../app/protocol/audit.ts';
import { CLOSE } from '../../app/protocol/codes.ts';
import type { LobbyFrame } from '../../app/protocol/frames.ts';
import type { ConversationSummary } from '../../app/protocol/model.ts';
import { settingsOf } from '../env.ts';
import { errorName, log } from '../log.ts';
import { roomOf } from '../objects.ts';
import type { AgentRecord } from '../store/agents.ts';
import { SYSTEM_ACTOR } from './audit-trail.ts';
import type { LobbyStorage } from './lobby-storage.ts';
import { type QueueState, toAgents } from './queue-state.ts';
import type { Sockets } from './sockets.ts';

/** A roster older than this is read again when an agent comes … */
const ROSTER_FRESH_MS = 30_000;
/** … and this often while one is here, so that a deactivation made directly in the database is noticed. */
const ROSTER_INTERVAL_MS = 4 * 60_000;
const RETRY_MS = 5_000;

/** Why an agent's access ends: they signed out, or they are no longer an agent. */
export type Revocation = typeof CLOSE.signedOut | typeof CLOSE.forbidden;

export interface TeamKeeperDeps {
  env: Env;
  storage: LobbyStorage;
  sockets: Sockets<LobbyFrame>;
  queue: QueueState;
  /** Keeps the object alive for what nobody waits for. */
  waitUntil(work: Promise<unknown>): void;
  /** A room has said how it stands. */
  apply(summary: ConversationSummary): void;
  /** A conversation turned out to be gone. */
  forget(conversationId: string): Promise<void>;
}

/** Knows who the active agents are and who of them is online, and ends the access of those who are none any more. */
export class TeamKeeper {
  readonly #deps: TeamKeeperDeps;
  #asked = 0;
  #taken = 0;

  constructor(deps: TeamKeeperDeps) {
    this.#deps = deps;
  }

  /** The team as the desks see it. */
  agents() {
    const { storage, queue } = this.#deps;
    return toAgents(storage.roster, storage.online, queue);
  }

  isActive(agentId: string): boolean {
    return this.#deps.storage.roster.some(({ id }) => id === agentId);
  }

  /** An active agent. One who isn't known is looked up; null where that finds nobody. */
  async find(agentId: string): Promise<AgentRecord | null> {
    const known = () => this.#deps.storage.roster.find(({ id }) => id === agentId);
    if (!known()) await this.read();
    return known() ?? null;
  }

  /** Whether somebody may be given a conversation. Unknown ones are looked up; silence takes nobody's place away. */
  async mayHave(agentId: string): Promise<boolean> {
    return this.isActive(agentId) || !(await this.read()) || this.isActive(agentId);
  }

  /** Whether somebody who knocks is still an agent, by a roster that is fresh enough; silence turns nobody away. */
  async welcomes(agentId: string): Promise<boolean> {
    const isStale = Date.now() - this.#deps.storage.rosterReadAt > ROSTER_FRESH_MS;
    if (this.isActive(agentId) && !isStale) return true;
    const read = await this.read();
    return !read || this.isActive(agentId);
  }

  /**
   * Reads who the active agents are, and shows those the door who no longer are.
   *
   * @param by who has changed the team, where that is known
   * @returns whether there was an answer: only a definite one takes anything away
   */
  async read(by: AuditActor = SYSTEM_ACTOR): Promise<boolean> {
    const { env, storage, sockets, queue } = this.#deps;
    const turn = ++this.#asked;
    const read = await env.STORE.activeAgents();
    if (!read.ok) return false;
    // One that asked later has been answered sooner, and knows better.
    if (turn < this.#taken) return true;
    this.#taken = turn;
    storage.roster = read.agents;
    storage.rosterReadAt = Date.now();
    const present = [
      ...sockets.participants().map(({ id }) => id),
      ...storage.agentsEntered(),
      ...queue.conversations.flatMap(({ status, agent }) => (status === 'active' && agent ? [agent.id] : [])),
    ];
    const dismissed = new Set(present.filter((id) => !this.isActive(id)));
    sockets.broadcast({ t: 'agents', agents: this.agents() });
    await this.#dismiss([...dismissed], by);
    return true;
  }

  /** Makes sure the roster is read again while somebody is here. */
  watch(): void {
    this.#deps.storage.alarms.ensure('roster', Date.now() + ROSTER_INTERVAL_MS);
  }

  /** The roster's alarm: reads it, and goes on watching while an agent is here or in a room. */
  async look(): Promise<void> {
    const { env, storage, sockets } = this.#deps;
    if (sockets.open().length === 0) this.syncPresence('departure');
    await this.read();
    storage.pruneEntered(Date.now() - settingsOf(env).limits.socketHours * 3_600_000);
    // Nobody here, and nobody in a room: who comes next reads it anew.
    if (sockets.open().length === 0 && storage.agentsEntered().length === 0) return;
    this.watch();
  }

  /** As `Lobby.teamChanged`. */
  async changed(by: AuditActor, left: string | null): Promise<void> {
    const { storage } = this.#deps;
    if (left !== null) storage.roster = storage.roster.filter(({ id }) => id !== left);
    if (await this.read(by)) return;
    if (left !== null) await this.#dismiss([left], by);
    storage.alarms.ensure('roster', Date.now() + RETRY_MS);
  }

  /** As `Lobby.entered`. */
  async entered(agentId: string, conversationId: string, issuedAt: number): Promise<void> {
    const { storage } = this.#deps;
    // From before they signed out, which a room they weren't in hasn't heard of.
    if (issuedAt <= storage.voidedUntil(agentId))
      return this.#revokeIn(conversationId, agentId, CLOSE.signedOut);
    storage.noteEntered(agentId, conversationId, Date.now());
    // Agents may be in rooms alone, too; and one who isn't known may have been deactivated on the way in.
    if (this.isActive(agentId)) this.watch();
    else storage.alarms.ensure('roster', Date.now());
  }

  /** As `Lobby.revokeAgent`. */
  async revoke(agentId: string, code: Revocation): Promise<void> {
    const { storage, sockets } = this.#deps;
    if (code === CLOSE.signedOut) storage.void(agentId, Date.now());
    sockets.close(code, code === CLOSE.signedOut ? 'signed out' : 'no longer an agent', agentId);
    const rooms = storage.takeEntered(agentId);
    await Promise.all(rooms.map((id) => this.#revokeIn(id, agentId, code)));
  }

  /** Puts a conversation that is with somebody who must not have it back into the queue. */
  async giveBack(conversationId: string, agentId: string, by: AuditActor): Promise<void> {
    const { env, storage } = this.#deps;
    try {
      const result = { ...(await roomOf(env, conversationId).giveBack(conversationId, agentId, by)) };
      if (result.ok) return this.#deps.apply(result.summary);
      if (result.code === 'not_found') return await this.#deps.forget(conversationId);
    } catch (error) {
      log({ event: 'lobby_call_failed', method: 'giveBack', name: errorName(error) });
    }
    // It still stands in the queue as theirs: the next look at the roster asks again.
    storage.alarms.ensure('roster', Date.now() + RETRY_MS);
  }

  /** Compares who is connected with who was, and tells everybody concerned. An arrival takes nobody away. */
  syncPresence(on: 'arrival' | 'departure'): void {
    const { env, storage, sockets, queue, waitUntil } = this.#deps;
    const connected = new Set(sockets.participants().map(({ id }) => id));
    const before = storage.online;
    const online = on === 'arrival' ? before.union(connected) : connected;
    const changed = [...before.symmetricDifference(online)];
    if (changed.length === 0) return;
    storage.online = online;
    sockets.broadcast({ t: 'agents', agents: this.agents() });
    for (const agentId of changed) {
      for (const { id } of queue.activeOf(agentId)) {
        waitUntil(
          roomOf(env, id)
            .agentPresence(agentId, online.has(agentId))
            .catch(() => {}),
        );
      }
    }
    waitUntil(env.STORE.writeAgentsOnline([...online]).catch(() => {}));
  }

  /** Ends the access of people who are no agents any more, and puts what they had back into the queue. */
  async #dismiss(agentIds: readonly string[], by: AuditActor): Promise<void> {
    await Promise.all(
      agentIds.flatMap((agentId) => [
        this.revoke(agentId, CLOSE.forbidden),
        ...this.#deps.queue.activeOf(agentId).map(({ id }) => this.giveBack(id, agentId, by)),
      ]),
    );
  }

  async #revokeIn(conversationId: string, agentId: string, code: Revocation): Promise<void> {
    try {
      await roomOf(this.#deps.env, conversationId).revoke(agentId, code);
    } catch (error) {
      log({ event: 'lobby_call_failed', method: 'revoke', name: errorName(error) });
      // Not told: it must be, so it stays on the list and the next look at the roster tries again.
      this.#deps.storage.noteEntered(agentId, conversationId, Date.now());
    }
  }
}
