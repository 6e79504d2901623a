import type { ConversationSummary } from '../../app/protocol/model.ts';
import { errorName, log } from '../log.ts';
import type { RoomStorage } from './room-storage.ts';

export interface LobbyLinkDeps {
  storage: RoomStorage;
  summary(): ConversationSummary;
  update(summary: ConversationSummary): Promise<void>;
  now(): number;
}

/** The queue shows a change this soon … */
const FIRST_MS = 30;
/** … and a busy room tells it no more often than this. */
const INTERVAL_MS = 1_000;
const RETRY_MS = 3_000;

/**
 * Keeps the lobby's mirror of this room current: at once after silence, at most once a second in a busy room,
 * and again by alarm when the lobby did not answer. What is still owed follows from the stored marks.
 */
export class LobbyLink {
  readonly #deps: LobbyLinkDeps;
  #timer = false;
  #telling: Promise<void> | null = null;
  #toldAt = 0;
  /** Something that is not stored has changed: who is there. */
  #presenceChanged = false;

  constructor(deps: LobbyLinkDeps) {
    this.#deps = deps;
  }

  /** Call after anything the queue shows has changed. */
  changed(what: 'stored' | 'presence'): void {
    if (what === 'presence') this.#presenceChanged = true;
    if (this.#timer) return;
    this.#timer = true;
    const wait = Math.max(FIRST_MS, this.#toldAt + INTERVAL_MS - this.#deps.now());
    setTimeout(() => {
      this.#timer = false;
      void this.tell();
    }, wait);
  }

  /** Whether the lobby lacks something that is stored. */
  owes(): boolean {
    const { state, marks, log: messages } = this.#deps.storage;
    return state !== null && (marks.lobbySeq < messages.head || marks.lobbyRev < state.rev);
  }

  /** Whether it lacks something that nobody is about to tell it. */
  needsAlarm(): boolean {
    return this.owes() && !this.#timer && !this.#telling;
  }

  /** Tells the lobby, unless it knows; what is being told is waited for. Never throws. */
  tell(): Promise<void> {
    // Erased meanwhile, by a conversation that is gone: there is nothing to tell.
    if (this.#deps.storage.state === null) return Promise.resolve();
    if (!this.#telling && (this.owes() || this.#presenceChanged)) {
      this.#telling = this.#tell().then((told) => {
        this.#telling = null;
        if (told && (this.owes() || this.#presenceChanged)) this.changed('stored');
      });
    }
    return this.#telling ?? Promise.resolve();
  }

  /** false: it did not hear, and will be told by alarm. */
  async #tell(): Promise<boolean> {
    const { storage, now } = this.#deps;
    this.#presenceChanged = false;
    this.#toldAt = now();
    const summary = this.#deps.summary();
    const head = storage.log.head;
    try {
      await this.#deps.update(summary);
      const { marks, state } = storage;
      if (state && (marks.lobbySeq !== head || marks.lobbyRev !== summary.rev)) {
        storage.moveMarks({ ...marks, lobbySeq: head, lobbyRev: summary.rev });
      }
      return true;
    } catch (error) {
      log({ event: 'room_call_failed', method: 'lobby.update', name: errorName(error) });
      this.#presenceChanged = true;
      if (storage.state) storage.alarms.ensure('lobby', now() + RETRY_MS);
      return false;
    }
  }
}
