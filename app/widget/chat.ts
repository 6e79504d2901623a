import type { ConversationContext } from '../protocol/context.ts';
import type { Session } from '../protocol/http.ts';
import type { ConversationSummary } from '../protocol/model.ts';
import { backoff } from '../realtime/backoff.ts';
import type * as Room from '../realtime/conversation-client.ts';
import type { ConversationClient, RealtimeEnvironment } from '../realtime/types.ts';
import { socketUrl } from '../realtime/url.ts';
import { createBelongings } from './belongings.ts';
import { type ChatState, FRESH, isRegistered } from './chat-state.ts';
import { createCredentials } from './credentials.ts';
import type { Api, Failure } from './http.ts';
import type { Keep } from './keep.ts';
import { type Moving, packUp } from './moving.ts';
import type { AskHost, Identity, Person, VisitorSession } from './session.ts';
import { visitorTabs } from './visitor-tabs.ts';

/** Keystrokes ask for a session at most so often while none can be had. */
const WARM_UP_MS = 10_000;

export interface Chat {
  getSnapshot(): ChatState;
  subscribe(listener: () => void): () => void;
  /** Looks for the conversation of somebody who was here before; does nothing for anybody else. */
  start(known: boolean): void;
  setContext(context: ConversationContext | null): void;
  /** The host page's own session came or went, or is somebody else's. */
  setHostToken(ask: AskHost | null): void;
  setDraft(text: string): void;
  send(text: string): void;
  /** Tries again what didn't work, now. */
  retry(): void;
  /** Leaves a closed conversation; the next message starts another. */
  startNew(): void;
  /** A registered person's conversations. */
  showList(): void;
  /** The next page of them. */
  loadMore(): void;
  openConversation(id: string): void;
  /** Whoever is here, as the account's screens need it: with what proves it. */
  identify: VisitorSession['ensure'];
  renew: VisitorSession['renew'];
  /**
   * The server gave a session: the guest's own with an account now, or another account's.
   *
   * @param brought how many of the guest's conversations came along
   */
  adopt(session: Session, brought: number): void;
  /** The guest asked for an account; null: they want another address. */
  setConfirming(email: string | null): void;
  /** Asks again who this is: the mail's link may have been opened. */
  recheck(): void;
  /** False when it couldn't be done; then nothing has changed. */
  signOut(): Promise<boolean>;
}

export interface ChatOptions {
  api: Api;
  session: VisitorSession;
  keep: Keep;
  environment: RealtimeEnvironment;
  /** A room's whole end: asked for when somebody begins to write, or has been here before. */
  loadRoom(): Promise<Pick<typeof Room, 'createConversationClient'>>;
  /** Called with the client of every room that is entered. */
  onRoom(client: ConversationClient): void;
}

/** The visitor's side: from the first keystroke to the room, and back into it after a reload. */
export function createChat(options: ChatOptions): Chat {
  const { api, session, environment, keep } = options;
  const listeners = new Set<() => void>();
  const belongings = createBelongings(keep, environment.uuid, environment.now);
  const { first } = belongings;
  let state: ChatState = {
    ...FRESH,
    draft: belongings.draft(),
    starting: first.queue(),
    confirming: keep.get('confirming'),
  };
  /** Rises when somebody else is here: what was begun for who was here before ends without a word. */
  let life = 0;
  /** Which conversation `client` is in. */
  let entered: string | null = null;
  /** Where a registered person lands: on their list, unless they were in the middle of something. */
  let landing: 'list' | 'room' = 'list';
  let moving: Moving | null = null;
  let room: Pick<typeof Room, 'createConversationClient'> | null = null;
  let started = false;
  let context: ConversationContext | null = null;
  let working = false;
  let failures = 0;
  let warmedAt = Number.NEGATIVE_INFINITY;
  let timer: ReturnType<typeof setTimeout> | undefined;

  environment.network.subscribe((signal) => {
    if (signal !== 'offline' && state.problem?.retryAt) retry();
  });

  session.onPerson(become);
  const tabs = visitorTabs(environment, (person) => {
    if (!state.person || state.person.ofHost) return;
    if (person === null) leave(null);
    else void session.refresh();
  });

  function set(change: Partial<ChatState>): void {
    state = { ...state, ...change };
    for (const listener of listeners) listener();
  }

  /** It is known who is here: nobody new, a guest who now has an account, or somebody else. */
  function become(person: Person): void {
    const before = state.person;
    if (!person.ofHost) keep.set('known', '1');
    if (!person.isAnonymous) keep.set('confirming', null);
    const confirming = keep.get('confirming');
    const guests = before?.isAnonymous && person.isAnonymous;
    if (!before || before.id === person.id || guests) {
      belongings.own(person.id, true);
      // A guest's session can be lost for good: the room says so, and what they wrote is with the next one.
      set({ person, confirming, draft: belongings.draft(), starting: first.queue() });
      return;
    }
    // A guest who signs in is the same person, and takes along what they were writing.
    belongings.own(person.id, before.isAnonymous);
    restart({ person, phase: 'loading', draft: belongings.draft(), starting: first.queue() });
    void attempt(resume);
  }

  /** Nothing of who was here before stays: not their sockets, not their messages, not what was asked for them. */
  function restart(next: Partial<ChatState>): void {
    life += 1;
    working = false;
    failures = 0;
    clearTimeout(timer);
    state.client?.close();
    entered = null;
    set({ ...FRESH, ...next });
  }

  /** Whoever was here has gone. A guest of this browser is looked for, if there is one. */
  function leave(guest: 'look' | null): void {
    session.setHostToken(null);
    belongings.release();
    const known = guest === 'look' && keep.get('known') !== null;
    restart({ phase: known ? 'loading' : 'fresh' });
    if (known) void attempt(resume);
  }

  function setDraft(text: string): void {
    belongings.setDraft(text);
    set({ draft: text, ...(text ? {} : { kept: false }) });
  }

  /** Runs one attempt at a time; what comes meanwhile is picked up by it or by the next. */
  async function attempt(work: () => Promise<Failure | null>): Promise<void> {
    if (working) return;
    working = true;
    const mine = life;
    clearTimeout(timer);
    set({ problem: null });
    const failure = await work();
    if (mine !== life) return;
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
    timer = setTimeout(retry, wait);
    set({ problem: { kind: failure.kind, detail: '', retryAt: environment.now() + wait } });
  }

  function retry(): void {
    const again = first.takeAgain(state.draft);
    if (again) {
      setDraft('');
      set({ starting: first.queue() });
    }
    if (state.veiled) void attempt(meet);
    else if (state.phase === 'loading') void attempt(resume);
    else if (again) void attempt(create);
    else set({ problem: null });
  }

  /** What a conversation is entered with is here; or why not. */
  async function ready(): Promise<Failure | null> {
    try {
      room ??= await options.loadRoom();
      return null;
    } catch {
      return { ok: false, kind: 'network' };
    }
  }

  /** Asks with the identity there is, and once more with a new one when it is turned away. */
  async function identified<Value extends { ok: boolean; kind?: string }>(
    ask: (identity: Identity) => Promise<Value>,
  ): Promise<{ identity: Identity; answer: Value } | Failure> {
    const loading = ready();
    const held = await session.ensure();
    if (!held.ok) return held;
    // Nothing is begun at the server that couldn't go on here.
    const unready = await loading;
    if (unready) return unready;
    const answer = await ask(held.value);
    if (answer.ok || answer.kind !== 'unauthorized') return { identity: held.value, answer };
    const renewed = await session.renew(held.value);
    if (!renewed.ok) return renewed;
    return { identity: renewed.value, answer: await ask(renewed.value) };
  }

  /** The host page's person: not shown what is here until it is known that it is theirs. */
  async function meet(): Promise<Failure | null> {
    const held = await session.ensure();
    if (!held.ok) return held;
    set({ veiled: false });
    return state.client && !first.queue().length ? null : resume();
  }

  /** A guest's conversations come along to the host page's person, once. Both sessions must be live: the server asks. */
  async function claim({ bearer }: Identity): Promise<void> {
    if (!state.person?.ofHost || state.person.isAnonymous || !keep.get('known')) return;
    const answer = await api.claim(bearer, keep.get('refresh'));
    // A refusal is the last word on it, too: what was here is no guest's.
    if (answer.ok || answer.kind === 'refused') {
      keep.set('known', null);
      keep.set('refresh', null);
    }
  }

  async function resume(): Promise<Failure | null> {
    const mine = life;
    // Asked for while it becomes known who this is: one wait instead of two.
    void ready();
    const held = await session.ensure();
    if (!held.ok && held.kind !== 'unauthorized') return held;
    if (held.ok) await claim(held.value);
    let asked = await identified(({ bearer }) => api.conversations(bearer));
    if (mine !== life) return null;
    // The guest is gone for good (erased, signed out elsewhere): there is nothing to come back to.
    if ('ok' in asked && asked.kind === 'unauthorized' && !state.person?.ofHost)
      asked = { identity: { personId: '', bearer: '' }, answer: NONE };
    if ('ok' in asked) return asked;
    const { identity, answer } = asked;
    if (!answer.ok) return answer;
    const { conversations, next = null } = answer.value;
    set({ conversations, next });
    const found = latest(conversations);
    const isOpen = found !== undefined && found.status !== 'closed';
    const asList = isRegistered(state) && landing === 'list' && found && !first.queue().length;
    landing = 'list';
    if (asList) {
      if (isOpen) enter(found.id, identity, 'list');
      else set({ phase: 'list', client: null });
    } else if (found) enter(found.id, identity, 'room');
    else set({ phase: 'fresh' });
    unpack();
    if (!first.queue().length) return null;
    if (!isOpen) return create();
    for (const { id, text } of first.queue()) state.client?.send(text, id);
    first.clear();
    set({ starting: [] });
    return null;
  }

  /** What a guest had on its way goes on in the account's name, or back to where it was written. */
  function unpack(): void {
    if (!moving) return;
    const { conversationId, pending } = moving;
    moving = null;
    const moved = state.conversations.find(({ id }) => id === conversationId);
    if (moved && moved.status !== 'closed' && entered === conversationId) {
      for (const { id, text } of pending) state.client?.send(text, id);
    } else if (pending.length) {
      setDraft([...pending.map(({ text }) => text), state.draft].filter(Boolean).join('\n'));
    }
  }

  async function create(): Promise<Failure | null> {
    const [message] = first.queue();
    if (!message) return null;
    const mine = life;
    const asked = await identified(({ bearer }) => api.create(bearer, context, message));
    if (mine !== life) return null;
    if ('ok' in asked) return asked;
    const { identity, answer } = asked;
    if (!answer.ok) return answer;
    const { conversation, ack } = answer.value;
    enter(conversation.id, identity, 'room');
    const [head, ...rest] = first.queue();
    if (head && !ack) state.client?.send(head.text, head.id);
    for (const { id, text } of rest) state.client?.send(text, id);
    first.clear();
    // Shown until the room's welcome brings it: no flicker in between.
    set({ starting: ack ? [message] : [] });
    return null;
  }

  function enter(conversationId: string, identity: Identity, phase: 'room' | 'list'): void {
    const { client: before } = state;
    if (before && entered === conversationId && !DEAD.has(before.getSnapshot().connection)) {
      set({ phase });
      return;
    }
    before?.close();
    if (!room) return;
    const client = room.createConversationClient({
      conversationId,
      url: socketUrl(`/rooms/${conversationId}`),
      personId: identity.personId,
      environment,
      credentials: createCredentials(session, identity),
    });
    entered = conversationId;
    set({ phase, client, kept: false });
    client.subscribe(() => onRoomChange(client));
    options.onRoom(client);
  }

  function onRoomChange(client: ConversationClient): void {
    if (state.client !== client) return;
    const { conversation, pending } = client.getSnapshot();
    // The room heard it first: their address is confirmed.
    if (state.confirming && conversation?.visitor.isAnonymous === false) recheck();
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
    entered = null;
    set({ phase: 'fresh', client: null, problem: null, kept: false });
  }

  function recheck(): void {
    void session.refresh().then((answer) => {
      if (answer.ok && isRegistered(state)) tabs.tell(answer.value.personId);
    });
  }

  async function open(id: string): Promise<Failure | null> {
    const mine = life;
    const held = await session.ensure();
    if (mine !== life) return null;
    if (!held.ok) return held;
    const unready = await ready();
    if (unready || mine !== life) return unready;
    enter(id, held.value, 'room');
    return null;
  }

  async function more(): Promise<Failure | null> {
    const { next } = state;
    const mine = life;
    if (next === null) return null;
    const asked = await identified(({ bearer }) => api.conversations(bearer, next));
    if (mine !== life) return null;
    if ('ok' in asked) return asked;
    if (!asked.answer.ok) return asked.answer;
    const { conversations, next: after = null } = asked.answer.value;
    set({ conversations: [...state.conversations, ...conversations], next: after });
    return null;
  }

  return {
    getSnapshot: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    start(known) {
      started = true;
      if (state.client || state.phase === 'loading' || (!known && !first.queue().length)) return;
      set({ phase: 'loading' });
      void attempt(resume);
    },
    setContext(next) {
      context = next;
    },
    setHostToken(ask) {
      if (!ask) {
        // A guest has never been the page's.
        if (state.person?.ofHost || state.veiled) leave('look');
        else session.setHostToken(null);
        return;
      }
      session.setHostToken(ask);
      if (!started) return;
      life += 1;
      working = false;
      set({ veiled: true });
      void attempt(meet);
    },
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
      void ready();
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
    showList() {
      set({ phase: 'list', kept: false });
      void attempt(resume);
    },
    loadMore: () => void attempt(more),
    openConversation: (id) => void attempt(() => open(id)),
    identify: session.ensure,
    renew: session.renew,
    adopt(given, brought) {
      const { person, client } = state;
      if (person && person.id !== given.user.id && brought > 0) {
        landing = 'room';
        if (client && entered) moving = packUp(client, entered, person.id, environment.storage);
      }
      session.adopt(given);
      tabs.tell(given.user.id);
      // Nobody was anybody here: what the account has is looked for now, as it is for somebody else's.
      if (person) return;
      set({ phase: 'loading' });
      void attempt(resume);
    },
    setConfirming(email) {
      keep.set('confirming', email);
      set({ confirming: email });
    },
    recheck,
    async signOut() {
      const { person } = state;
      const failure = await session.signOut();
      if (failure) {
        set({ problem: { kind: 'unavailable', detail: '', retryAt: null } });
        return false;
      }
      if (person) await environment.storage.forget(person.id).catch(() => {});
      belongings.discard();
      keep.set('known', null);
      keep.set('confirming', null);
      restart({});
      tabs.tell(null);
      return true;
    },
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
