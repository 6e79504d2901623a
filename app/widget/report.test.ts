import { describe, expect, it } from 'vitest';
import type { Conversation, Message } from '../protocol/model.ts';
import { EMPTY_CONVERSATION } from '../realtime/empty.ts';
import { createModelRoom } from '../realtime/model-room.fixture.ts';
import type { ConversationClient, ConversationSnapshot } from '../realtime/types.ts';
import { type ChatState, FRESH } from './chat-state.ts';
import type { FromPanel } from './messages.ts';
import { reportChat } from './report-chat.ts';
import { reportRoom } from './report-room.ts';

/** Something with a snapshot that the test changes. */
function store<Snapshot>(initial: Snapshot) {
  let snapshot = initial;
  let listener = () => {};
  return {
    getSnapshot: () => snapshot,
    subscribe(next: () => void) {
      listener = next;
      return () => {};
    },
    set(change: Partial<Snapshot>) {
      snapshot = { ...snapshot, ...change };
      listener();
    },
  };
}

const room = createModelRoom(() => 0);
const messages: Message[] = [room.say('one'), room.say('two')];
const conversation: Conversation = room.conversation;

describe('the host page', () => {
  it('learns the count, what is new, and when the conversation is no longer open', () => {
    const client = store<ConversationSnapshot>(EMPTY_CONVERSATION);
    const told: FromPanel[] = [];
    reportRoom(client as unknown as ConversationClient, (body) => told.push(body));
    client.set({ conversation, messages: messages.slice(0, 1) });
    client.set({ messages });
    client.set({ conversation: { ...conversation, read: { visitor: 2, agent: 0 } } });
    client.set({ conversation: { ...conversation, read: { visitor: 2, agent: 0 }, status: 'closed' } });
    expect(told).toMatchObject([
      { t: 'known', live: true },
      { t: 'unread', count: 1 },
      { t: 'unread', count: 2 },
      { t: 'message', text: 'two' },
      { t: 'unread', count: 0 },
      { t: 'known', live: false },
    ]);
  });

  it('learns that there is nothing to connect for, but never from a server that is away', () => {
    const chat = store<ChatState>({ ...FRESH, phase: 'loading' });
    const told: FromPanel[] = [];
    reportChat(chat as unknown as Parameters<typeof reportChat>[0], (body) => told.push(body));
    chat.set({ problem: { kind: 'unavailable', detail: '', retryAt: 1 } });
    expect(told).toEqual([{ t: 'error', code: 'unavailable' }]);
    chat.set({ problem: null, phase: 'fresh' });
    expect(told.at(-1)).toEqual({ t: 'known', known: true, live: false });
  });
});
