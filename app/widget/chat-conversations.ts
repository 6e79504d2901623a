import type { ConversationContext } from '../protocol/context.ts';
import { latest } from './chat-choice.ts';
import type { ChatCore } from './chat-core.ts';
import type { ChatRoom } from './chat-room.ts';
import { isRegistered } from './chat-state.ts';
import type { Failure } from './http.ts';
import type { Identity } from './session.ts';

/** What is asked of the server about conversations. Each is one attempt: null when it worked, else why not. */
export interface ChatConversations {
  /** Looks for what there is, and goes on where one was. */
  resume(): Promise<Failure | null>;
  /** Makes a conversation of what was written first. */
  create(): Promise<Failure | null>;
  /** The host page's person: not shown what is here until it is known that it is theirs. */
  meet(): Promise<Failure | null>;
  open(id: string): Promise<Failure | null>;
  /** The list's next page. */
  more(): Promise<Failure | null>;
  setContext(context: ConversationContext | null): void;
  /** The next `resume` leads into a room, and not to the list: they were in the middle of something. */
  landInRoom(): void;
}

export function createChatConversations(core: ChatCore, room: ChatRoom): ChatConversations {
  const { options, belongings, state, set } = core;
  const { api, keep, session } = options;
  const { first } = belongings;
  let landing: 'list' | 'room' = 'list';
  let context: ConversationContext | null = null;

  /** Asks with the identity there is, and once more with a new one when it is turned away. */
  async function identified<Value extends { ok: boolean; kind?: string }>(
    ask: (identity: Identity) => Promise<Value>,
  ): Promise<{ identity: Identity; answer: Value } | Failure> {
    const loading = room.ready();
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

  /** A guest's conversations come along to the host page's person, once. Both sessions must be live: the server asks. */
  async function claim({ bearer }: Identity): Promise<void> {
    const { person } = state();
    if (!person?.ofHost || person.isAnonymous || !keep.get('known')) return;
    const answer = await api.claim(bearer, keep.get('refresh'));
    // A refusal is the last word on it, too: what was here is no guest's.
    if (answer.ok || answer.kind === 'refused') {
      keep.set('known', null);
      keep.set('refresh', null);
    }
  }

  async function resume(): Promise<Failure | null> {
    const still = core.watch();
    const { phase: shown } = state();
    // Asked for while it becomes known who this is: one wait instead of two.
    void room.ready();
    const held = await session.ensure();
    if (!held.ok && held.kind !== 'unauthorized') return held;
    if (held.ok) await claim(held.value);
    let asked = await identified(({ bearer }) => api.conversations(bearer));
    if (!still()) return null;
    // The guest is gone for good (erased, signed out elsewhere): there is nothing to come back to.
    if ('ok' in asked && asked.kind === 'unauthorized' && !state().person?.ofHost)
      asked = { identity: { personId: '', bearer: '' }, answer: NONE };
    if ('ok' in asked) return asked;
    const { identity, answer } = asked;
    if (!answer.ok) return answer;
    const { conversations, next = null } = answer.value;
    set({ conversations, next });
    const found = latest(conversations);
    const isOpen = found !== undefined && found.status !== 'closed';
    // Where they went while this was on its way is where they want to be.
    const { phase } = state();
    const went = phase === shown ? null : phase;
    const queued = first.queue().length > 0;
    const asList = isRegistered(state()) && (went ?? landing) === 'list' && found && !queued;
    landing = 'list';
    if (asList) {
      if (isOpen) room.enter(found.id, identity, 'list');
      else set({ phase: 'list', client: null });
    } else if (found && !(went === 'fresh' && !isOpen && !queued)) room.enter(found.id, identity, 'room');
    else set({ phase: 'fresh' });
    room.unpack();
    if (!queued) return null;
    if (!isOpen) return create();
    for (const { id, text } of first.queue()) state().client?.send(text, id);
    first.clear();
    set({ starting: [] });
    return null;
  }

  async function create(): Promise<Failure | null> {
    const [message] = first.queue();
    if (!message) return null;
    const still = core.watch();
    const asked = await identified(({ bearer }) => api.create(bearer, context, message));
    if (!still()) return null;
    if ('ok' in asked) return asked;
    const { identity, answer } = asked;
    if (!answer.ok) return answer;
    const { conversation, ack } = answer.value;
    room.enter(conversation.id, identity, 'room');
    const [head, ...rest] = first.queue();
    const { client } = state();
    if (head && !ack) client?.send(head.text, head.id);
    for (const { id, text } of rest) client?.send(text, id);
    first.clear();
    // Shown until the room's welcome brings it: no flicker in between.
    set({ starting: ack ? [message] : [] });
    return null;
  }

  return {
    resume,
    create,
    async meet() {
      const still = core.watch();
      const held = await session.ensure();
      // Somebody else than before: what they have is being looked for already.
      if (!still()) return null;
      if (!held.ok) return held;
      set({ veiled: false });
      return state().client && !first.queue().length ? null : resume();
    },
    async open(id) {
      const still = core.watch();
      const held = await session.ensure();
      if (!still()) return null;
      if (!held.ok) return held;
      const unready = await room.ready();
      if (unready || !still()) return unready;
      room.enter(id, held.value, 'room');
      return null;
    },
    async more() {
      const { next } = state();
      const still = core.watch();
      if (next === null) return null;
      const asked = await identified(({ bearer }) => api.conversations(bearer, next));
      if (!still()) return null;
      if ('ok' in asked) return asked;
      if (!asked.answer.ok) return asked.answer;
      const { conversations, next: after = null } = asked.answer.value;
      set({ conversations: [...state().conversations, ...conversations], next: after });
      return null;
    },
    setContext(next) {
      context = next;
    },
    landInRoom() {
      landing = 'room';
    },
  };
}

const NONE = { ok: true as const, value: { conversations: [] } };
