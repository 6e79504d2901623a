import { CLOSE } from '../../app/protocol/codes.ts';
import type { RoomFrame } from '../../app/protocol/frames.ts';
import type { Person } from '../auth/person.ts';
import type { Store } from '../store/store.ts';
import type { Flusher } from './flusher.ts';
import { isBehind } from './outbox.ts';
import { CLOSED_BY_MOVE, introduced, withOwner } from './ownership.ts';
import type { RoomState } from './records.ts';
import type { RoomCore } from './room-core.ts';
import type { RoomStorage } from './room-storage.ts';
import type { Sockets } from './sockets.ts';

export interface OwnerKeeperDeps {
  core: RoomCore;
  storage: RoomStorage;
  sockets: Sockets<RoomFrame>;
  flusher: Pick<Flusher, 'flush'>;
  store(): Pick<Store, 'conversationOwner'>;
}

/** Keeps the room's visitor who Postgres says it is. The room has been loaded before any of this is called. */
export class OwnerKeeper {
  readonly #deps: OwnerKeeperDeps;

  constructor(deps: OwnerKeeperDeps) {
    this.#deps = deps;
  }

  /**
   * Asks Postgres whose the conversation is and follows it: the former visitor's sockets close, the agent sees who it
   * is now, and what Postgres closed as it moved is closed here. Idempotent.
   *
   * @returns `ok` once Postgres holds what it has led to
   */
  async follow(): Promise<'ok' | 'not_found' | 'unavailable'> {
    const { core, storage, flusher } = this.#deps;
    const { conversationId } = core.state;
    let answer: Awaited<ReturnType<Store['conversationOwner']>>;
    try {
      answer = await this.#deps.store().conversationOwner(conversationId);
    } catch {
      return 'unavailable';
    }
    if (!answer.ok) return answer.code === 'gone' ? 'not_found' : 'unavailable';
    if (!storage.state) return 'not_found';
    const { owner } = answer;
    const state = withOwner(storage.state, owner, Date.now());
    if (state) {
      // Before anything is said: what comes now is not for the guest's sockets any more.
      for (const id of state.formerVisitors ?? []) this.#close(id);
      core.apply({ ok: true, state, event: null }, storage.agentOnline);
    }
    if (!owner.closed || core.state.status !== 'closed') return 'ok';
    core.say('closed_by_move', CLOSED_BY_MOVE);
    // Until Postgres has it from here, something older that is on its way may still say that it is open.
    await flusher.flush();
    await flusher.flush();
    if (!storage.state) return 'not_found';
    return isBehind(storage.marks, storage.log.head, core.state.rev) ? 'unavailable' : 'ok';
  }

  /** The visitor has a name or an account now: everybody here sees it, and what they say from now on bears it. */
  introduce(visitor: RoomState['visitor']): void {
    const { core, storage, sockets } = this.#deps;
    const state = introduced(core.state, visitor, Date.now());
    if (!state) return;
    core.apply({ ok: true, state, event: null }, storage.agentOnline);
    for (const socket of sockets.open(visitor.id)) {
      const session = sockets.session(socket);
      if (session) sockets.update(socket, { ...session, person: this.#known(session.person) });
    }
  }

  /**
   * Whether this person belongs here, and as whom. A visitor the room doesn't know may be one that Postgres has
   * given it to since: Postgres is asked. What a credential is too old to say is filled in.
   */
  async admit(person: Person): Promise<Person | 'forbidden' | 'not_found' | 'unavailable'> {
    if (person.role !== 'visitor') return person;
    const { core, storage } = this.#deps;
    if (person.id !== core.state.visitor.id) {
      if (core.state.formerVisitors?.includes(person.id)) return 'forbidden';
      const followed = await this.follow();
      if (!storage.state) return 'not_found';
      if (person.id !== core.state.visitor.id) return followed === 'ok' ? 'forbidden' : followed;
    }
    this.introduce(person);
    return this.#known(person);
  }

  #known(person: Person): Person {
    const { name, isAnonymous } = this.#deps.core.state.visitor;
    return { ...person, name: name ?? person.name, isAnonymous };
  }

  #close(personId: string): void {
    this.#deps.sockets.close(CLOSE.forbidden, 'not allowed', personId);
  }
}
