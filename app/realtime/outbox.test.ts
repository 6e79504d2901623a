import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { memoryChannels, memoryLocks, memoryStorage } from './browser.fixture.ts';
import { createOutbox, type Outbox } from './outbox.ts';

const SCOPE = 'person/conversation';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** One browser; every tab's line answers at once, in the order of asking. */
function browser() {
  const storage = memoryStorage();
  const locks = memoryLocks();
  const channel = memoryChannels();
  const sent: string[] = [];
  let ids = 0;
  function tab(): Outbox {
    const outbox: Outbox = createOutbox({
      scope: SCOPE,
      environment: {
        now: Date.now,
        random: () => 0.5,
        newClientId: () => `id-${ids++}`,
        storage,
        locks,
        channel,
      },
      transmit(message) {
        sent.push(message.text);
        queueMicrotask(() => outbox.settle(message.id));
        return true;
      },
      onChange() {},
    });
    return outbox;
  }
  /** Stored by a tab that died before it could tell anybody. */
  const storedByTheDead = (text: string) =>
    storage.add(SCOPE, { id: `dead-${text}`, text, writtenAt: 0, state: 'sending' });
  return { tab, sent, storage, channel, storedByTheDead };
}

const settled = () => vi.advanceTimersByTimeAsync(50);

test('what a tab stored and died over goes out before what another writes later', async () => {
  const { tab, sent, storedByTheDead } = browser();
  const draining = tab();
  const writing = tab();
  await settled();
  draining.up();
  await storedByTheDead('first');
  writing.add('second');
  await settled();
  expect(sent).toEqual(['first', 'second']);
});

test('what a tab died over while storing it is found by the others within seconds', async () => {
  const { tab, sent, channel, storedByTheDead } = browser();
  const draining = tab();
  await settled();
  draining.up();
  const dead = channel(`wellchina-outbox:${SCOPE}`);
  dead?.post({ do: 'coming' });
  await storedByTheDead('orphan');
  await vi.advanceTimersByTimeAsync(2_000);
  expect(sent).toEqual(['orphan']);
});

test('a read that began before a message arrived does not bring it back', async () => {
  const { tab, sent, storage } = browser();
  const draining = tab();
  await settled();
  draining.up();
  draining.add('once');
  const writing = tab();
  const load = storage.load;
  // What was read is as old as can be: everything that ever was.
  storage.load = async (scope) => [
    ...(await load(scope)),
    { scope, id: 'id-0', text: 'once', writtenAt: 0, state: 'sending', order: 1 },
  ];
  writing.add('twice');
  await settled();
  expect(sent).toEqual(['once', 'twice']);
  expect(draining.pending()).toEqual([]);
});

test('without storage a tab sends its own all the same, in order', async () => {
  const { tab, sent, storage } = browser();
  storage.refuse = true;
  const one = tab();
  await settled();
  one.up();
  one.add('a');
  one.add('b');
  await settled();
  expect(sent).toEqual(['a', 'b']);
});
