import type { ConversationContext } from '../protocol/context.ts';
import type { ConversationSummary } from '../protocol/model.ts';
import { backoff } from '../realtime/backoff.ts';
import { createConversationClient } from '../realtime/conversation-client.ts';
import { loadDraft, saveDraft } from '../realtime/drafts.ts';
import type { ConversationClient, RealtimeEnvironment } from '../realtime/types.ts';
import { socketUrl } from '../realtime/url.ts';
import { type ChatState, FRESH } from './chat-state.ts';
import { createFirstMessages } from './first-messages.ts';
import type { Api, Failure } from './http.ts';
import type { Keep } from './keep.ts';
import type { Identity, VisitorSession } from './session.ts';

/** One visitor, one draft: it goes along from a closed conversation into the next. */
const DRAFT = 'widget';
/** Keystrokes ask for a session at most so often while none can be had. */
const WARM_UP_MS = 10_000;

export interface Chat {
  getSnapshot(): ChatState;
  subscribe(listener: () => void): () => void;
  /** Looks for the conversation of somebody who was here before; does nothing for anybody else. */
  start(known: boolean): void;
  setContext(context: ConversationContext | null): void;
  /** The host page's own session came or went. */
  setHostToken(ask: (() => Promise<string | null>) | null): void;
  setDraft(text: string): void;
  send(text: string): void;
  /** Tries again what didn't work, now. */
  retry(): void;
  /** Leaves a closed conversation; the next message starts another. */
  startNew(): void;
}

export interface ChatOptions {
  api: Api;
  session: VisitorSession;
  keep: Keep;
  environment: RealtimeEnvironment;
  /** Called with the client of every room that is entered. */
  onRoom(client: ConversationClient): void;
}

/** The visitor's side: from the first keystroke to the room, and back into it after a reload. */
export function createChat(options: ChatOptions): Chat {
  const { api, session, environment } = options;
  const listeners = new Set<() => void>();
  const first = createFirstMessages(options.keep, environment.uuid, environment.now);
  let state: ChatState = { ...FRESH, draft: loadDraft(DRAFT), starting: first.queue() };
  let context: ConversationContext | null = null;
  let working = false;
  let failures = 0;
  let warmedAt = Number.NEGATIVE_INFINITY;
  let timer: ReturnType<typeof setTimeout> | undefined;

  environment.network.subscribe((signal) => {
    if (signal !== 'offline' && state.problem?.retryAt) retry();
  });

  function set(change: Partial<ChatState>): void {
    state = { ...state, ...change };
    for (const listener of listeners) listener();
  }

  function setDraft(text: string): void {
    saveDraft(DRAFT, text);
    set({ draft: text, ...(text ? {} : { kept: false }) });
  }

  /** Runs one attempt at a time; what comes meanwhile is picked up by it or by the next. */
  async function attempt(work: () => Promise<Failure | null>): Promise<void> {
    if (working) return;
    working = true;
    clearTimeout(timer);
    set({ problem: null });
    const failure = await work();
    working = false;
    if (failure) fail(failure);
    else failures = 0;
  }

  function fail(failure: Failure): void {
    const back = first.queue().length ? first.giveBack() : '';
    if (failure.kind === 'refused' || failure.kind === 'unauthorized') {
      // Trying the same again would end the same; under another id it is a new attempt.
      first.clear();
    }
    if (back) setDraft([back, state.draft].filter(Boolean).join('\n'));
    set({ starting: [] });
    if (failure.kind === 'unauthorized') {
      set({ phase: 'fresh', problem: { kind: 'signed_out', detail: '', retryAt: null } });
      return;
    }
    if (failure.kind === 'refused') {
      set({
        phase: state.client ? 'room' : 'fresh',
        problem: { kind: 'refused', detail: failure.detail, retryAt: null },
      });
      return;
    }
    const asked = failure.kind === 'unavailable' ? failure.retryAfterMs : undefined;
    const wait = asked ?? Math.max(3_000, backoff(failures + 2, environment.random));
    failures += 1;
    timer = setTimeout(retry, wait);
    set({ problem: { kind: failure.kind, detail: '', retryAt: environment.now() + wait } });
  }

  function retry(): void {
    const again = first.takeAgain(state.draft);
    if (again) {
      setDraft('');
      set({ starting: first.queue() });
    }
    if (state.phase === 'loading') void attempt(resume);
    else if (again) void attempt(create);
    else set({ problem: null });
  }

  /** Asks with the identity there is, and once more with a new one when it is turned away. */
  async function identified<Value extends { ok: boolean; kind?: string }>(
    ask: (identity: Identity) => Promise<Value>,
  ): Promise<{ identity: Identity; answer: Value } | Failure> {
    const held = await session.ensure();
    if (!held.ok) return held;
    const answer = await ask(held.value);
    if (answer.ok || answer.kind !== 'unauthorized') return { identity: held.value, answer };
    const renewed = await session.renew(held.value);
    if (!renewed.ok) return renewed;
    return { identity: renewed.value, answer: await ask(renewed.value) };
  }

  async function resume(): Promise<Failure | null> {
    let asked = await identified(({ bearer }) => api.conversations(bearer));
    // The guest is gone for good (erased, signed out elsewhere): there is nothing to come back to.
    if ('ok' in asked && asked.kind === 'unauthorized')
      asked = { identity: { personId: '', bearer: '' }, answer: NONE };
    if ('ok' in asked) return asked;
    const { identity, answer } = asked;
    if (!answer.ok) return answer;
    const found = latest(answer.value.conversations);
    const isOpen = found !== undefined && found.status !== 'closed';
    if (found) enter(found.id, identity);
    else set({ phase: 'fresh' });
    if (!first.queue().length) return null;
    if (!isOpen) return create();
    for (const { id, text } of first.queue()) state.client?.send(text, id);
    first.clear();
    set({ starting: [] });
    return null;
  }

  async function create(): Promise<Failure | null> {
    const [message] = first.queue();
    if (!message) return null;
    const asked = await identified(({ bearer }) => api.create(bearer, context, message));
    if ('ok' in asked) return asked;
    const { identity, answer } = asked;
    if (!answer.ok) return answer;
    const { conversation, ack } = answer.value;
    enter(conversation.id, identity);
    const [head, ...rest] = first.queue();
    if (head && !ack) state.client?.send(head.text, head.id);
    for (const { id, text } of rest) state.client?.send(text, id);
    first.clear();
    // Shown until the room's welcome brings it: no flicker in between.
    set({ starting: ack ? [message] : [] });
    return null;
  }

  function enter(conversationId: string, identity: Identity): void {
    state.client?.close();
    const client = createConversationClient({
      conversationId,
      url: socketUrl(`/rooms/${conversationId}`),
      personId: identity.personId,
      environment,
      credentials: createCredentials(session, identity),
    });
    set({ phase: 'room', client, kept: false });
    client.subscribe(() => onRoomChange(client));
    options.onRoom(client);
  }

  function onRoomChange(client: ConversationClient): void {
    if (state.client !== client) return;
    const { conversation, pending } = client.getSnapshot();
    if (conversation && state.starting.length) set({ starting: first.queue() });
    for (const { id, state: sending, refusal } of pending) {
      if (sending !== 'failed' || refusal?.code !== 'closed') continue;
      const text = client.discard(id);
      if (text === null) continue;
      setDraft([state.draft, text].filter(Boolean).join('\n'));
      set({ kept: true });
    }
  }

  function startNew(): void {
    state.client?.close();
    set({ phase: 'fresh', client: null, problem: null, kept: false });
  }

  return {
    getSnapshot: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    start(known) {
      if (state.client || state.phase === 'loading' || (!known && !first.queue().length)) return;
      set({ phase: 'loading' });
      void attempt(resume);
    },
    setContext(next) {
      context = next;
    },
    setHostToken: session.setHostToken,
    setDraft(text) {
      setDraft(text);
      // Whoever goes on writing sends when they are done; nothing goes out from under their fingers.
      if (state.problem && state.phase !== 'loading') {
        clearTimeout(timer);
        set({ problem: null });
      }
      const now = environment.now();
      if (!text || state.client || Math.abs(now - warmedAt) < WARM_UP_MS) return;
      warmedAt = now;
      void session.ensure();
    },
    send(text) {
      const { client } = state;
      const open =
        client &&
        client.getSnapshot().conversation?.status !== 'closed' &&
        !DEAD.has(client.getSnapshot().connection);
      if (open) {
        client.send(text);
        return;
      }
      if (client) startNew();
      if (!first.takeAgain(text)) first.add(text);
      set({ starting: first.queue() });
      void attempt(state.phase === 'loading' ? resume : create);
    },
    retry,
    startNew,
  };
}

/** A room nobody can write in any more from here. */
const DEAD: ReadonlySet<string> = new Set(['signed_out', 'forbidden', 'not_found']);

const NONE = { ok: true as const, value: { conversations: [] } };

/** The open conversation, or else the newest. */
function latest(conversations: readonly ConversationSummary[]): ConversationSummary | undefined {
  return (
    conversations.find(({ status }) => status !== 'closed') ??
    [...conversations].sort((a, b) => b.createdAt.localeCompare(a.createdAt))[0]
  );
}

/** What a room's socket is opened with. A new guest in place of the old one is a no: this room isn't theirs. */
function createCredentials(session: VisitorSession, entered: Identity) {
  let given = entered;
  return async (reason: 'connect' | 'refused') => {
    const answer = await (reason === 'refused' ? session.renew(given) : session.ensure());
    if (answer.ok) {
      given = answer.value;
      return given.personId === entered.personId ? { bearer: given.bearer } : null;
    }
    if (answer.kind === 'unauthorized') return null;
    throw new Error(answer.kind);
  };
}
