import { afterEach, beforeEach, expect, it } from 'vitest';
import { seeded } from '../realtime/browser.fixture.ts';
import { BOB, enter, leave, pass, tokenOf, VERA, type World } from './people.fixture.ts';
import { film, shown } from './screen.fixture.ts';

let here: World;
beforeEach(() => {
  here = enter();
});
afterEach(leave);

const NAMES: Record<string, string> = { [VERA]: 'Vera', [BOB]: 'Bob' };
const FIRST_SEED = Math.floor(Math.random() * 1_000_000);

it.each(Array.from({ length: 60 }, (_, at) => FIRST_SEED + at))(
  'however fast the page switches its person, nobody sees another’s, and the last one stays (seed %i)',
  async (seed) => {
    const random = seeded(seed);
    const oneOf = <Item>(items: readonly Item[]) => items[Math.floor(random() * items.length)] as Item;
    const lookUp = here.api.conversations.getMockImplementation();
    here.api.conversations.mockImplementation(async (...call) => {
      await new Promise((resolve) => setTimeout(resolve, random() * 700));
      if (!lookUp) throw new Error('There is no server.');
      return lookUp(...call);
    });
    for (const person of [VERA, BOB]) here.converse(person, `${NAMES[person]}’s`);
    const chat = here.open();
    const frames = film(chat);
    /** From which frame on the page had said who is there. */
    const said: { person: string; from: number }[] = [];
    let person = VERA;
    for (let step = 0; step < 15; step++) {
      if (step === 0 || random() < 0.5) {
        person = oneOf([VERA, BOB]);
        said.push({ person, from: frames.length });
        const [answer, delay] = [tokenOf(person), random() * 400];
        chat.setHostToken(() => new Promise((resolve) => setTimeout(resolve, delay, answer)));
        if (step === 0) chat.start(true);
      } else {
        const { veiled, person: shownPerson, conversations } = chat.getSnapshot();
        const name = NAMES[shownPerson?.id ?? ''];
        if (!veiled && name) {
          oneOf([
            () => chat.openConversation(conversations[0]?.id ?? ''),
            () => chat.showList(),
            () => chat.send(`${name} wrote ${step}`),
            () => chat.setDraft(`${name} was about to write`),
          ])();
        }
      }
      await pass(random() * 600);
    }
    await pass(30_000);
    expect(chat.getSnapshot().person?.id).toBe(person);
    for (const [at, { person: who, from }] of said.entries()) {
      const other = NAMES[who === VERA ? BOB : VERA] as string;
      const until = said[at + 1]?.from ?? frames.length;
      expect(frames.slice(from, until).filter((frame) => frame.shown.includes(other))).toEqual([]);
    }
    chat.openConversation(chat.getSnapshot().conversations[0]?.id ?? '');
    await pass(2_000);
    expect(shown(chat)).toContain(`${NAMES[person]}’s`);
  },
);
