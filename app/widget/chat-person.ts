import type { Chat } from './chat-contract.ts';
import type { ChatConversations } from './chat-conversations.ts';
import type { ChatCore } from './chat-core.ts';
import type { ChatRoom } from './chat-room.ts';
import { type ChatState, isRegistered } from './chat-state.ts';
import type { Person } from './session.ts';
import { visitorTabs } from './visitor-tabs.ts';

/** Who is here: they come, sign in, turn into somebody else, and go. */
export type ChatPerson = Pick<Chat, 'adopt' | 'setConfirming' | 'recheck' | 'signOut' | 'setHostToken'>;

/** @param started whether the chat has begun to look for who is here */
export function createChatPerson(
  core: ChatCore,
  room: ChatRoom,
  conversations: Pick<ChatConversations, 'resume' | 'meet' | 'landInRoom'>,
  started: () => boolean,
): ChatPerson {
  const { options, belongings, state, set } = core;
  const { environment, keep, session } = options;
  const { first } = belongings;

  session.onPerson(become);
  const tabs = visitorTabs(environment, (other) => {
    const { person } = state();
    if (!person || person.ofHost) return;
    if (other === null) leave(null);
    else void session.refresh();
  });

  /** Nothing of who was here before stays: not their sockets, not their messages, not what was asked for them. */
  function restart(next: Partial<ChatState>): void {
    core.endLife();
    room.leave();
    core.restart(next);
  }

  /** It is known who is here: nobody new, a guest who now has an account, or somebody else. */
  function become(person: Person): void {
    const before = state().person;
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
    void core.attempt(conversations.resume);
  }

  /** Whoever was here has gone. A guest of this browser is looked for, if there is one. */
  function leave(guest: 'look' | null): void {
    session.setHostToken(null);
    belongings.release();
    const known = guest === 'look' && keep.get('known') !== null;
    restart({ phase: known ? 'loading' : 'fresh' });
    if (known) void core.attempt(conversations.resume);
  }

  return {
    setHostToken(ask) {
      if (!ask) {
        // A guest has never been the page's.
        if (state().person?.ofHost || state().veiled) leave('look');
        else session.setHostToken(null);
        return;
      }
      session.setHostToken(ask);
      if (!started()) return;
      core.endLife();
      set({ veiled: true });
      void core.attempt(conversations.meet);
    },
    adopt(given, brought) {
      const { person } = state();
      if (person && person.id !== given.user.id && brought > 0) {
        conversations.landInRoom();
        room.pack(person.id);
      }
      session.adopt(given);
      tabs.tell(given.user.id);
      // Nobody was anybody here: what the account has is looked for now, as it is for somebody else's.
      if (person) return;
      set({ phase: 'loading' });
      void core.attempt(conversations.resume);
    },
    setConfirming(email) {
      keep.set('confirming', email);
      set({ confirming: email });
    },
    recheck() {
      void session.refresh().then((answer) => {
        if (answer.ok && isRegistered(state())) tabs.tell(answer.value.personId);
      });
    },
    async signOut() {
      const { person } = state();
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
