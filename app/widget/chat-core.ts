import { backoff } from '../realtime/backoff.ts';
import { type Belongings, createBelongings } from './belongings.ts';
import { lines } from './chat-choice.ts';
import type { ChatOptions } from './chat-contract.ts';
import { type ChatState, FRESH } from './chat-state.ts';
import type { Failure } from './http.ts';

/** What the chat's parts share: its state, and the one attempt that is under way. */
export interface ChatCore {
  readonly options: ChatOptions;
  readonly belongings: Belongings;
  state(): ChatState;
  set(change: Partial<ChatState>): void;
  subscribe(listener: () => void): () => void;
  setDraft(text: string): void;
  /** Runs one attempt at a time; what comes meanwhile is picked up by it or by the next. */
  attempt(work: () => Promise<Failure | null>): Promise<void>;
  /** The same, once the one under way has ended, for what nothing else would pick up. */
  attemptNext(work: () => Promise<Failure | null>): Promise<void>;
  /** Nothing is tried again by itself any more, and nothing is said of it. */
  dropProblem(): void;
  /** A question whether the same person is still here as now; what was begun for who was here before ends without a word. */
  watch(): () => boolean;
  /** Somebody else may be here: what is under way is nobody's any more. */
  endLife(): void;
  /** Starts over with nothing of who was here before. */
  restart(next: Partial<ChatState>): void;
  /** @param listener what to do when the time has come to try again */
  onRetry(listener: () => void): void;
}

export function createCore(options: ChatOptions): ChatCore {
  const { environment, keep } = options;
  const listeners = new Set<() => void>();
  const belongings = createBelongings(keep, environment.newClientId, environment.now);
  const { first } = belongings;
  let state: ChatState = {
    ...FRESH,
    draft: belongings.draft(),
    starting: first.queue(),
    confirming: keep.get('confirming'),
  };
  /** Rises when somebody else is here. */
  let life = 0;
  let working = false;
  let underWay: Promise<Failure | null> = Promise.resolve(null);
  let failures = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let retry: () => void = () => {};

  function set(change: Partial<ChatState>): void {
    state = { ...state, ...change };
    for (const listener of listeners) listener();
  }

  function setDraft(text: string): void {
    belongings.setDraft(text);
    set({ draft: text, ...(text ? {} : { kept: false }) });
  }

  function fail(failure: Failure): void {
    const back = first.queue().length ? first.giveBack() : '';
    if (failure.kind === 'refused' || failure.kind === 'unauthorized') {
      // Trying the same again would end the same; under another id it is a new attempt.
      first.clear();
    }
    if (back) setDraft(lines(back, state.draft));
    set({ starting: [] });
    if (failure.kind === 'unauthorized') {
      set({ veiled: false, phase: 'fresh', problem: { kind: 'signed_out', detail: '', retryAt: null } });
      return;
    }
    if (failure.kind === 'refused') {
      set({
        veiled: false,
        phase: state.phase === 'list' ? 'list' : state.client ? 'room' : 'fresh',
        problem: { kind: 'refused', detail: failure.detail, retryAt: null },
      });
      return;
    }
    const asked = failure.kind === 'unavailable' ? failure.retryAfterMs : undefined;
    const wait = asked ?? Math.max(3_000, backoff(failures + 2, environment.random));
    failures += 1;
    timer = setTimeout(() => retry(), wait);
    set({ problem: { kind: failure.kind, detail: '', retryAt: environment.now() + wait } });
  }

  function endLife(): void {
    life += 1;
    working = false;
  }

  async function attempt(work: () => Promise<Failure | null>): Promise<void> {
    if (working) return;
    working = true;
    const mine = life;
    clearTimeout(timer);
    set({ problem: null });
    underWay = work();
    const failure = await underWay;
    if (mine !== life) return;
    working = false;
    if (failure) fail(failure);
    else failures = 0;
  }

  return {
    options,
    belongings,
    state: () => state,
    set,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    setDraft,
    attempt,
    async attemptNext(work) {
      const mine = life;
      while (working && mine === life) await underWay;
      if (mine === life) await attempt(work);
    },
    dropProblem() {
      clearTimeout(timer);
      set({ problem: null });
    },
    watch() {
      const mine = life;
      return () => mine === life;
    },
    endLife,
    restart(next) {
      endLife();
      failures = 0;
      clearTimeout(timer);
      set({ ...FRESH, ...next });
    },
    onRetry(listener) {
      retry = listener;
    },
  };
}
