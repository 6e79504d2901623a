import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { startWorker, type TestWorker } from '../support/worker.ts';
import { Agent, hydrated, textsOf, Visitor } from './people.ts';

const backend = inject('backend');
let worker: TestWorker;
let browser: Browser;

beforeAll(async () => {
  [worker, browser] = await Promise.all([startWorker(backend), launchBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await worker.stop();
});

async function visitor(): Promise<Visitor> {
  const arrived = await Visitor.arrive(browser, worker.url);
  onTestFinished(() => arrived.leave());
  return arrived;
}

/** The room's part of the panel doesn't come for the next so many times. */
async function losing(guest: Visitor, times: number): Promise<{ asked(): number }> {
  let asked = 0;
  await guest.page.route('**/widget/chunks/conversation-client-*.js*', async (route) => {
    asked += 1;
    if (asked <= times) await route.abort();
    else await route.continue();
  });
  return { asked: () => asked };
}

test('the line fails while the room’s part is loaded: the message goes out all the same, and a reload finds it', async () => {
  const guest = await visitor();
  const first = await losing(guest, 1);
  await guest.openChat();
  await guest.write('Is anybody there?');
  await guest.sees('You’re now in the queue');
  expect(first.asked()).toBeGreaterThan(1);

  await guest.page.unroute('**/widget/chunks/conversation-client-*.js*');
  const again = await losing(guest, 1);
  await guest.page.reload();
  await guest.sees('Is anybody there?');
  expect(again.asked()).toBeGreaterThan(1);
});

test('the release of the panel is gone with its parts: the newest one takes over, with what was written', async () => {
  const guest = await visitor();
  const { asked } = await losing(guest, 2);
  await guest.openChat();
  await guest.composer.pressSequentially('Still here?');
  const renewed = guest.page.waitForEvent('framenavigated');
  await guest.composer.press('Enter');
  await renewed;
  // What was on its way is back where it was written; sent from there it goes out, once.
  await expect.poll(() => guest.composer.inputValue()).toBe('Still here?');
  await guest.composer.press('Enter');
  await guest.sees('You’re now in the queue');
  expect(asked()).toBe(3);
  expect((await textsOf(guest.log)).split('Still here?').length - 1).toBe(1);
  await expect.poll(() => guest.composer.inputValue()).toBe('');
});

test('an agent who begins to write before their line is up is seen to type when it is', async () => {
  const guest = await visitor();
  await guest.openChat();
  await guest.write('Who is faster?');
  await guest.sees('You’re now in the queue');
  const support = await Agent.signIn(browser, worker.url, 'agent@wellchina.test', 'wellchina-agent');
  onTestFinished(() => support.leave());
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  await support.page.routeWebSocket(/\/rooms\/[0-9a-f-]{36}/u, async (socket) => {
    await opened;
    socket.connectToServer();
  });
  await support.open('Who is faster?');
  await support.press('Accept');
  await guest.sees('Agent Support One joined the chat');
  await support.composer.pressSequentially('Yes');
  open();
  await guest.panel
    .getByText(/typing/iu)
    .first()
    .waitFor();
});

test('a page that draws itself anew, as one whose hydration failed, does not lose the chat', async () => {
  const guest = await visitor();
  const bubble = guest.page.getByRole('button', { name: 'Open chat' });
  await bubble.waitFor();
  // Otherwise React would hydrate, later, what is no longer there.
  await hydrated(guest.page);
  await guest.page.evaluate(() => document.body.replaceChildren(document.createElement('main')));
  await bubble.waitFor();
  await guest.page.evaluate(() => {
    const anew = document.createElement('html');
    anew.appendChild(document.createElement('head'));
    anew.appendChild(document.createElement('body'));
    document.documentElement.replaceWith(anew);
  });
  await guest.openChat();
});
