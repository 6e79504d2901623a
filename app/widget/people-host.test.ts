import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BOB, enter, guestWith, leave, pass, tokenOf, VERA, type World } from './people.fixture.ts';
import { film, shown } from './screen.fixture.ts';

let here: World;
beforeEach(() => {
  here = enter();
});
afterEach(leave);

describe('the host page’s own person', () => {
  const asVera = async () => tokenOf(VERA);
  const asBob = async () => tokenOf(BOB);

  it('brings a guest’s conversation along, once, and keeps what is being typed', async () => {
    const chat = await guestWith(here, 'Hello');
    chat.setDraft('half a sen');
    chat.setHostToken(asVera);
    await pass(1_000);
    expect(here.api.claim).toHaveBeenCalledTimes(1);
    expect(chat.getSnapshot()).toMatchObject({
      draft: 'half a sen',
      person: { id: VERA, ofHost: true },
      conversations: [{ status: 'active' }],
    });
    chat.setHostToken(asVera);
    await pass(1_000);
    expect(here.api.claim).toHaveBeenCalledTimes(1);
  });

  it('is never shown another’s messages, not for a moment, whatever comes late', async () => {
    here.converse(VERA, 'Vera’s');
    here.converse(BOB, 'Bob’s');
    const chat = here.open();
    const frames = film(chat);
    chat.setHostToken(asVera);
    chat.start(true);
    await pass(1_000);
    chat.openConversation(chat.getSnapshot().conversations[0]?.id ?? '');
    await pass(1_000);
    chat.setDraft('Vera’s draft');
    chat.send('Vera’s own');
    await pass(1_000);
    let late: (token: string) => void = () => {};
    const slow = new Promise<string>((resolve) => {
      late = resolve;
    });
    chat.setHostToken(() => slow);
    const before = frames.length;
    await pass(1_000);
    chat.setHostToken(asBob);
    await pass(1_000);
    late(tokenOf(VERA));
    await pass(1_000);
    expect(chat.getSnapshot().person?.id).toBe(BOB);
    expect(shown(chat)).toContain('Bob’s');
    expect(frames.slice(before).filter(({ shown }) => shown.includes('Vera'))).toEqual([]);
    expect(frames.filter(({ person, shown }) => person === BOB && shown.includes('Vera'))).toEqual([]);
    // And back: what she left is hers.
    chat.setHostToken(asVera);
    await pass(1_000);
    expect(chat.getSnapshot().draft).toBe('Vera’s draft');
    expect(shown(chat)).not.toContain('Bob');
  });

  it('has what is theirs looked up once, so that nothing takes them back to the list', async () => {
    here.converse(VERA, 'Vera’s');
    here.converse(BOB, 'Bob’s');
    const chat = here.open();
    chat.setHostToken(asVera);
    chat.start(true);
    await pass(1_000);
    here.api.conversations.mockClear();
    chat.setHostToken(asBob);
    await pass(1_000);
    expect(here.api.conversations).toHaveBeenCalledTimes(1);
    expect(chat.getSnapshot()).toMatchObject({ phase: 'list', veiled: false });
  });

  it('signs out with the page: sockets closed, nothing left, and no guest made', async () => {
    const id = here.converse(VERA, 'Vera’s');
    const chat = here.open();
    chat.setHostToken(asVera);
    chat.start(true);
    await pass(1_000);
    chat.setHostToken(null);
    expect(shown(chat)).toBe('');
    await pass(1_000);
    expect(here.room(id).lines.size).toBe(0);
    expect(here.api.session).not.toHaveBeenCalled();
  });

  it('said again by the page, is the same: the conversation stays where it is', async () => {
    here.converse(VERA, 'Vera’s');
    const chat = here.open();
    chat.setHostToken(asVera);
    chat.start(true);
    await pass(1_000);
    const { client } = chat.getSnapshot();
    chat.setHostToken(async () => tokenOf(VERA));
    await pass(1_000);
    expect(chat.getSnapshot().client).toBe(client);
    expect(chat.getSnapshot().veiled).toBe(false);
  });

  it('has a token that is asked for again before it ends', async () => {
    here.converse(VERA);
    const ask = vi.fn(async () => tokenOf(VERA, Date.now() / 1000 + 120));
    const chat = here.open();
    chat.setHostToken(ask);
    chat.start(true);
    await pass(1_000);
    expect(ask).toHaveBeenCalledTimes(1);
    await pass(90_000);
    chat.showList();
    await pass(1_000);
    expect(ask).toHaveBeenCalledTimes(2);
  });

  it('of whom the page can’t say anything now is nobody’s sign-out: it is asked again', async () => {
    here.converse(VERA, 'Vera’s');
    const ask = vi.fn(asVera).mockRejectedValueOnce(new Error('late'));
    const chat = here.open();
    chat.setHostToken(ask);
    chat.start(true);
    await pass(100);
    expect(chat.getSnapshot().problem?.kind).toBe('network');
    await pass(20_000);
    expect(chat.getSnapshot()).toMatchObject({ problem: null, person: { id: VERA } });
  });

  it('with something that is no token is a problem to see, and breaks nothing', async () => {
    const chat = here.open();
    chat.setHostToken(async () => 'not a token');
    chat.start(true);
    await pass(100);
    expect(chat.getSnapshot().problem).not.toBeNull();
    chat.setHostToken(null);
    chat.send('Hello');
    await pass(5_000);
    expect(shown(chat)).toContain('Hello');
  });
});
