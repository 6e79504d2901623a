import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { startWorker, type TestWorker } from '../support/worker.ts';
import { Agent, hydrated, Visitor } from './people.ts';
import { slowDocument } from './slow-document.ts';

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

async function newContext(options: Parameters<Browser['newContext']>[0] = {}): Promise<BrowserContext> {
  const context = await browser.newContext(options);
  onTestFinished(() => context.close());
  return context;
}

/** The page's scripts don't come before they are let. */
async function scriptsHeld(page: Page): Promise<{ release(): void }> {
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route('**/assets/*.js', async (route) => {
    await released;
    await route.continue();
  });
  return { release };
}

const goto = (page: Page, path: string) =>
  page.goto(`${worker.url}${path}`, { waitUntil: 'domcontentloaded' });

/** Signed in as the admin, and where that is stored. */
async function adminsState() {
  const admin = await Agent.signIn(browser, worker.url, 'admin@wellchina.test', 'wellchina-admin');
  onTestFinished(() => admin.leave());
  return admin.page.context().storageState();
}

test('the chat that arrives before the document’s end waits for it, and the page is hydrated, not drawn anew', async () => {
  const line = await slowDocument(worker.url, '<link rel="modulepreload"');
  onTestFinished(() => line.close());
  const page = await (await newContext()).newPage();
  const bubble = page.getByRole('button', { name: 'Open chat' });
  const loaded = page.waitForResponse('**/widget.js');
  await page.goto(line.url, { waitUntil: 'commit' });
  await (await loaded).finished();
  // The loader has run when its stub has made way for it.
  await page.waitForFunction(() => (window as { WellChinaChat?: { v?: number } }).WellChinaChat?.v === 1);
  expect(await page.evaluate(() => document.readyState)).toBe('loading');
  expect(await bubble.count()).toBe(0);
  await page.evaluate(() => {
    document.querySelector('main')?.setAttribute('data-first', '');
  });
  line.release();
  await bubble.waitFor();
  await hydrated(page);
  expect(await page.locator('main[data-first]').count()).toBe(1);
  expect(await page.evaluate(() => document.body.lastElementChild?.localName)).toBe('wellchina-chat');
});

test('a key pressed the moment React begins does not keep the page from coming alive', async () => {
  const page = await (await newContext()).newPage();
  await page.addInitScript(() => {
    const listen = document.addEventListener;
    // React listens to the document from `hydrateRoot` on, and renders in a later task.
    document.addEventListener = function (this: Document, ...listener: Parameters<typeof listen>) {
      if (listener[0] === 'keydown') {
        document.addEventListener = listen;
        const key = new KeyboardEvent('keydown', { key: 'Shift', bubbles: true });
        queueMicrotask(() => document.body.dispatchEvent(key));
      }
      listen.apply(this, listener);
    } as typeof listen;
  });
  await goto(page, '/login');
  await hydrated(page);
  await page.getByRole('link', { name: 'Create an account' }).click();
  await page.getByRole('heading', { name: 'Create an account' }).waitFor();
});

test('what was typed and ticked before the scripts came stays, and the chat that was asked for opens', async () => {
  const page = await (await newContext()).newPage();
  const scripts = await scriptsHeld(page);
  await goto(page, '/signup');
  await page.getByLabel('Your name').fill('Li Wei');
  await page.getByLabel('Email').fill('li@home.test');
  const chat = page.getByRole('button', { name: 'Chat with us' });
  // Out of impatience.
  await chat.click();
  await chat.click();
  scripts.release();
  await hydrated(page);
  await page.frameLocator('iframe').getByRole('textbox', { name: 'Your message' }).waitFor();
  expect(await page.getByLabel('Your name').inputValue()).toBe('Li Wei');
  expect(await page.getByLabel('Email').inputValue()).toBe('li@home.test');
});

test('hospitals picked before the scripts came are compared', async () => {
  const page = await (await newContext()).newPage();
  const scripts = await scriptsHeld(page);
  await goto(page, '/compare');
  const boxes = page.getByRole('group', { name: 'Hospitals' }).getByRole('checkbox');
  const third = (await boxes.nth(2).getAttribute('value')) ?? '';
  await boxes.nth(0).uncheck();
  await boxes.nth(2).check();
  scripts.release();
  await page.waitForURL((url) => url.searchParams.getAll('hospital').includes(third));
  await hydrated(page);
  await expect
    .poll(() => boxes.evaluateAll((all) => all.map((box) => (box as HTMLInputElement).checked).slice(0, 3)))
    .toEqual([false, true, true]);
});

test('on the desk: a row that was opened stays open, a list that was chosen is shown, and nobody is deactivated unasked', async () => {
  const page = await (await newContext({ storageState: await adminsState() })).newPage();
  const scripts = await scriptsHeld(page);
  await goto(page, '/agent/team');
  const row = page.getByRole('listitem').filter({ hasText: 'agent2@wellchina.test' });
  await row.locator('summary').click();
  await row.getByLabel('Name').fill('Support Deux');
  await page.getByLabel(/^Email/u).fill('new@team.test');
  await page.getByText(/^Mine/u).click();
  await row.getByRole('button', { name: 'Deactivate' }).click();
  scripts.release();
  await page.getByRole('dialog', { name: 'Deactivate Support Two?' }).waitFor();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('heading', { name: /^Waiting/u }).waitFor({ state: 'detached' });
  expect(await row.locator('details').getAttribute('open')).not.toBeNull();
  expect(await row.getByLabel('Name').inputValue()).toBe('Support Deux');
  expect(await page.getByLabel(/^Email/u).inputValue()).toBe('new@team.test');
});

test('a page that says what was done stays where one has scrolled to when it comes alive', async () => {
  const desk = await newContext({
    storageState: await adminsState(),
    viewport: { width: 1280, height: 500 },
  });
  const page = await desk.newPage();
  const scripts = await scriptsHeld(page);
  await goto(page, `/agent/team?done=reactivate&who=${crypto.randomUUID()}`);
  await page.getByRole('status').filter({ hasText: 'back on the team' }).waitFor();
  const scrolled = () => page.locator('.team').evaluate((team) => team.scrollTop);
  await page.locator('.team').evaluate((team) => team.scrollTo({ top: team.scrollHeight }));
  const before = await scrolled();
  expect(before).toBeGreaterThan(0);
  // The line to the lobby is an effect: the others have run by then.
  const live = page.waitForEvent('websocket');
  scripts.release();
  await live;
  expect(await scrolled()).toBe(before);
});

/** One of each kind; `EVERY_PAGE=1 npm test -- browser tests/browser/hydration.test.ts` takes all of them. */
const EVERY_PAGE = Boolean(process.env.EVERY_PAGE);
const SITE_PAGES = ['/', '/signup'];
const MORE_SITE_PAGES = [
  '/compare',
  '/agent/login',
  '/procedures',
  '/hospitals',
  '/pricing',
  '/contact',
  '/login',
  '/forgot',
  '/not-there',
  '/agent/invitation?token_hash=x&type=invite',
];
const DESK_PAGES = ['/agent/team'];
const MORE_DESK_PAGES = ['/agent', '/agent/audit', '/agent/sites'];

test('on a slow processor no page is drawn anew, whatever is pressed while it loads', async () => {
  const visitor = await Visitor.arrive(browser, worker.url);
  onTestFinished(() => visitor.leave());
  await visitor.openChat();
  await visitor.write('Is the page still the same?');
  await visitor.sees('You’re now in the queue');
  const desk = await newContext({ storageState: await adminsState() });
  const listed = await desk.newPage();
  await listed.goto(`${worker.url}/agent`);
  const conversation = await listed
    .getByRole('link')
    .filter({ hasText: 'Is the page still the same?' })
    .getAttribute('href');

  const site = await newContext();
  const pages: readonly (readonly [BrowserContext, string])[] = [
    ...(EVERY_PAGE ? [...SITE_PAGES, ...MORE_SITE_PAGES] : SITE_PAGES).map((path) => [site, path] as const),
    ...[...(EVERY_PAGE ? [...DESK_PAGES, ...MORE_DESK_PAGES] : DESK_PAGES), conversation ?? ''].map(
      (path) => [desk, path] as const,
    ),
  ];
  for (const [context, path] of pages) {
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    await session.send('Emulation.setCPUThrottlingRate', { rate: 3 });
    await goto(page, path);
    await page.keyboard.press('Shift');
    await hydrated(page);
    await page.close();
  }
});
