import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AWAY, BOB, enter, guestWith, leave, pass, sessionOf, VERA, type World } from './people.fixture.ts';
import { film, shown } from './screen.fixture.ts';

let here: World;
beforeEach(() => {
  here = enter();
});
afterEach(leave);

describe('signing out', () => {
  it('leaves nothing of theirs in the panel and in the browser', async () => {
    here.signIn(VERA);
    here.converse(VERA, 'a secret');
    const chat = here.open();
    chat.start(true);
    await pass(1_000);
    here.line.silent = true;
    chat.send('unsent');
    chat.setDraft('half a secret');
    await pass(100);
    expect(await chat.signOut()).toBe(true);
    expect(chat.getSnapshot()).toMatchObject({
      phase: 'fresh',
      person: null,
      client: null,
      draft: '',
      conversations: [],
    });
    expect([...here.storage.rows.values()]).toEqual([]);
    expect(JSON.stringify([...here.stored, ...here.drafts])).not.toContain('secret');
  });

  it('names the session that the frame keeps itself, since the token may be over by then', async () => {
    const chat = await guestWith(here, 'Hello');
    here.stored.set('wellchina-refresh', 'kept-in-the-frame');
    expect(await chat.signOut()).toBe(true);
    expect(here.api.signOut).toHaveBeenCalledWith(expect.any(String), 'kept-in-the-frame');
    expect(here.stored.has('wellchina-refresh')).toBe(false);
  });

  it('is not done by a server that is away: nothing has changed then', async () => {
    const chat = await guestWith(here, 'Hello');
    here.api.signOut.mockResolvedValueOnce(AWAY);
    expect(await chat.signOut()).toBe(false);
    expect(shown(chat)).toContain('Hello');
    expect(chat.getSnapshot()).toMatchObject({ phase: 'room', problem: { kind: 'unavailable' } });
  });

  it('empties the other tab as well, and makes no guest there', async () => {
    here.signIn(VERA);
    here.converse(VERA, 'a secret');
    const [one, other] = [here.open(), here.open()];
    for (const chat of [one, other]) chat.start(true);
    await pass(1_000);
    const asked = here.api.session.mock.calls.length;
    await one.signOut();
    await pass(60_000);
    expect(shown(other)).not.toContain('secret');
    expect(other.getSnapshot().person).toBeNull();
    expect(here.api.session.mock.calls.length).toBe(asked);
  });

  it('the next person at this browser never sees what was typed before, not even while Auth is away', async () => {
    here.signIn(VERA);
    const hers = here.open();
    hers.start(true);
    await pass(100);
    hers.setDraft('my diagnosis');
    const away = here.open();
    here.api.session.mockResolvedValue(AWAY);
    away.start(true);
    expect(away.getSnapshot().draft).toBe('');
    here.api.session.mockImplementation(async () => ({ ok: true, value: sessionOf(BOB) }));
    const his = here.open();
    const frames = film(his);
    his.start(true);
    await pass(20_000);
    expect(his.getSnapshot().person?.id).toBe(BOB);
    expect(frames.some(({ shown }) => shown.includes('diagnosis'))).toBe(false);
  });
});
