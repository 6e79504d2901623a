import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { enter, GUEST, guestWith, leave, pass, sessionOf, VERA, type World } from './people.fixture.ts';
import { shown } from './screen.fixture.ts';

let here: World;
beforeEach(() => {
  here = enter();
});
afterEach(leave);

describe('a guest who gets an account', () => {
  it('is the same person in the same conversation: no socket drops, no text is lost', async () => {
    const chat = await guestWith(here, 'Hello');
    chat.setDraft('half a sen');
    const { client } = chat.getSnapshot();
    const sockets = here.sockets.length;
    const now = sessionOf(GUEST);
    chat.adopt({ ...now, user: { ...now.user, isAnonymous: false, email: 'g@example.test' } }, 0);
    await pass(1_000);
    expect(chat.getSnapshot()).toMatchObject({
      phase: 'room',
      draft: 'half a sen',
      person: { id: GUEST, isAnonymous: false, name: 'g@example.test' },
    });
    expect(chat.getSnapshot().client).toBe(client);
    expect(here.sockets.length).toBe(sockets);
  });

  it('is noticed when the mail’s link is opened somewhere else, and until then chats on', async () => {
    const chat = await guestWith(here, 'Hello');
    chat.setConfirming('g@example.test');
    chat.recheck();
    await pass(100);
    expect(chat.getSnapshot()).toMatchObject({ confirming: 'g@example.test', person: { isAnonymous: true } });
    const now = sessionOf(GUEST);
    here.api.session.mockResolvedValueOnce({
      ok: true,
      value: { ...now, user: { ...now.user, isAnonymous: false } },
    });
    chat.recheck();
    await pass(100);
    expect(chat.getSnapshot()).toMatchObject({
      confirming: null,
      person: { isAnonymous: false },
      phase: 'room',
    });
  });

  it('who signs in to another account brings the conversation, what is on its way, and the draft', async () => {
    const chat = await guestWith(here, 'Hello');
    here.line.silent = true;
    chat.send('on its way');
    chat.setDraft('half a sen');
    await pass(100);
    here.line.silent = false;
    here.move(GUEST, VERA);
    here.signIn(VERA);
    chat.adopt(sessionOf(VERA), 1);
    await pass(3_000);
    const [id = ''] = [...chat.getSnapshot().conversations.map((conversation) => conversation.id)];
    expect(here.room(id).log.map(({ text }) => text)).toEqual(['Hello', 'on its way']);
    expect(chat.getSnapshot()).toMatchObject({ phase: 'room', draft: 'half a sen', person: { id: VERA } });
    expect([...here.storage.rows.values()]).toEqual([]);
  });

  it('who signs in before having written anything is on their list', async () => {
    const theirs = here.converse(VERA, 'mine');
    here.signIn(VERA);
    const chat = here.open();
    chat.start(false);
    chat.adopt(sessionOf(VERA), 0);
    await pass(1_000);
    expect(chat.getSnapshot()).toMatchObject({ phase: 'list', conversations: [{ id: theirs }] });
  });

  it('who brings nothing along has left the guest’s conversation for their own list', async () => {
    const chat = await guestWith(here, 'Hello');
    const theirs = here.converse(VERA, 'mine');
    here.signIn(VERA);
    chat.adopt(sessionOf(VERA), 0);
    await pass(1_000);
    expect(chat.getSnapshot()).toMatchObject({ phase: 'list', conversations: [{ id: theirs }] });
    expect(shown(chat)).not.toContain('Hello');
  });
});
