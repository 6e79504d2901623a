import { isDead } from './chat-choice.ts';
import type { Chat, ChatOptions } from './chat-contract.ts';
import { createChatConversations } from './chat-conversations.ts';
import { createCore } from './chat-core.ts';
import { createChatPerson } from './chat-person.ts';
import { createChatRoom } from './chat-room.ts';

export type { Chat, ChatOptions } from './chat-contract.ts';

/** Keystrokes ask for a session at most so often while none can be had. */
const WARM_UP_MS = 10_000;

/** The visitor's side: from the first keystroke to the room, and back into it after a reload. */
export function createChat(options: ChatOptions): Chat {
  const { session, environment } = options;
  const core = createCore(options);
  const { state, set, attempt } = core;
  const { first } = core.belongings;
  const room = createChatRoom(core, () => person.recheck());
  const conversations = createChatConversations(core, room);
  let started = false;
  const person = createChatPerson(core, room, conversations, () => started);
  let warmedAt = Number.NEGATIVE_INFINITY;

  core.onRetry(retry);
  environment.network.subscribe((signal) => {
    if (signal !== 'offline' && state().problem?.retryAt) retry();
  });

  function retry(): void {
    const again = first.takeAgain(state().draft);
    if (again) {
      core.setDraft('');
      set({ starting: first.queue() });
    }
    if (state().veiled) void attempt(conversations.meet);
    else if (state().phase === 'loading') void attempt(conversations.resume);
    else if (again) void attempt(conversations.create);
    else set({ problem: null });
  }

  function startNew(): void {
    room.leave();
    set({ phase: 'fresh', client: null, problem: null, kept: false });
  }

  return {
    ...person,
    getSnapshot: state,
    subscribe: core.subscribe,
    start(known) {
      started = true;
      const { client, phase } = state();
      if (client || phase === 'loading' || (!known && !first.queue().length)) return;
      set({ phase: 'loading' });
      void attempt(conversations.resume);
    },
    setContext: conversations.setContext,
    setDraft(text) {
      core.setDraft(text);
      const { problem, phase, client } = state();
      // Whoever goes on writing sends when they are done; nothing goes out from under their fingers.
      if (problem && phase !== 'loading') core.dropProblem();
      const now = environment.now();
      if (!text || client || Math.abs(now - warmedAt) < WARM_UP_MS) return;
      warmedAt = now;
      void session.ensure();
      void room.ready();
    },
    send(text) {
      const { client } = state();
      const snapshot = client?.getSnapshot();
      if (snapshot && snapshot.conversation?.status !== 'closed' && !isDead(snapshot.connection)) {
        client?.send(text);
        return;
      }
      if (client) startNew();
      if (!first.takeAgain(text)) first.add(text);
      set({ starting: first.queue() });
      void attempt(state().phase === 'loading' ? conversations.resume : conversations.create);
    },
    retry,
    startNew,
    showList() {
      set({ phase: 'list', kept: false });
      void attempt(conversations.resume);
    },
    loadMore: () => void attempt(conversations.more),
    openConversation(id) {
      const { phase } = state();
      // Unless they have gone elsewhere by then.
      void core.attemptNext(async () => (state().phase === phase ? conversations.open(id) : null));
    },
    identify: session.ensure,
    renew: session.renew,
  };
}
