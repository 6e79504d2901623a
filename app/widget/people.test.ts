import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  enter,
  GUEST,
  guestWith,
  leave,
  pass,
  sessionOf,
  slowConversations,
  VERA,
  type World,
} from './people.fixture.ts';
import { shown } from './screen.fixture.ts';

let here: World;
beforeEach(() => {
  here = enter();
});
afterEach(leave);

describe('a registered person', () => {
  it('lands on their conversations, connected to the open one, and reads any of them', async () => {
    const closed = here.converse(VERA, 'last year');
    here.room(closed).conversation = { ...here.room(closed).conversation, status: 'closed' };
    const open = here.converse(VERA, 'today');
    here.signIn(VERA);
    const chat = here.open();
    chat.start(true);
    await pass(1_000);
    expect(chat.getSnapshot()).toMatchObject({
      phase: 'list',
      conversations: [{ id: closed }, { id: open }],
    });
    expect(shown(chat)).toContain('today');
    chat.openConversation(closed);
    await pass(1_000);
    expect(chat.getSnapshot().phase).toBe('room');
    expect(shown(chat)).toContain('last year');
    chat.showList();
    await pass(1_000);
    expect(chat.getSnapshot().phase).toBe('list');
    expect(here.sockets.at(-1)).toBe(`${VERA} ${open}`);
  });

  it('is where they went while it was being looked up: in the list, in one of its conversations, in a new one', async () => {
    const past = here.converse(VERA, 'last year');
    Object.assign(here.room(past).conversation, { status: 'closed' });
    here.signIn(VERA);
    const chat = here.open();
    chat.start(true);
    await pass(1_000);
    const meanwhile = async (...presses: (() => void)[]) => {
      slowConversations(here);
      for (const press of presses) {
        press();
        await pass(50);
      }
      await pass(1_000);
      return chat.getSnapshot().phase;
    };
    expect(await meanwhile(chat.showList, chat.startNew)).toBe('fresh');
    expect(await meanwhile(chat.showList, chat.startNew, chat.showList)).toBe('list');
    expect(await meanwhile(chat.showList, () => chat.openConversation(past), chat.startNew)).toBe('fresh');
    expect(await meanwhile(chat.showList, () => chat.openConversation(past))).toBe('room');
    expect(shown(chat)).toContain('last year');
  });

  it('opens as soon as it is asked for after signing in, though a conversation came along', async () => {
    const chat = await guestWith(here, 'Hello');
    here.move(GUEST, VERA);
    here.signIn(VERA);
    slowConversations(here);
    chat.adopt(sessionOf(VERA), 1);
    await pass(50);
    chat.showList();
    await pass(1_000);
    expect(chat.getSnapshot().phase).toBe('list');
    expect(shown(chat)).toContain('Hello');
  });

  it('goes straight to writing when there is nothing to list', async () => {
    here.signIn(VERA);
    const chat = here.open();
    chat.start(true);
    await pass(1_000);
    expect(chat.getSnapshot()).toMatchObject({ phase: 'fresh', person: { id: VERA, isAnonymous: false } });
  });
});
