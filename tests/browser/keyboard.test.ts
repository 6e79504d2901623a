import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { startWorker, type TestWorker } from '../support/worker.ts';
import { calmContext, panelOf } from './looks.ts';
import { Agent, Visitor } from './people.ts';

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
  const context = await calmContext(browser);
  onTestFinished(() => context.close());
  // Notes every entry that comes into a conversation, and whether a screen reader reads it out.
  await context.addInitScript(`globalThis.entries = [];
    new MutationObserver((changes) => {
      for (const { addedNodes } of changes) for (const added of addedNodes) {
        if (added.nodeType !== 1 || !added.closest('[role=log]')) continue;
        for (const entry of [added, ...added.querySelectorAll('*')]) {
          if (entry.matches('.wc-row, .wc-event')) {
            entries.push(entry.closest('[aria-live]').ariaLive + ': ' + entry.textContent);
          }
        }
      }
    }).observe(document, { childList: true, subtree: true });`);
  return Visitor.on(context, worker.url);
}

/** What has the focus: its name, and whether one can see that it has it. */
const FOCUSED = `(() => {
  let at = document.activeElement;
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  if (!at || at === document.body) return 'nothing';
  const shown = getComputedStyle(at).outlineStyle !== 'none' || getComputedStyle(at).boxShadow !== 'none'
    || getComputedStyle(at.parentElement).boxShadow !== 'none';
  const name = at.ariaLabel ?? (at.title || at.textContent.trim());
  return shown ? name : name + ' (and nobody can see it)';
})()`;

const expectFocus = (where: { evaluate(code: string): Promise<unknown> }, name: string) =>
  expect.poll(() => where.evaluate(FOCUSED)).toBe(name);

async function stops(page: Page, key: string, until: string): Promise<string[]> {
  const passed: string[] = [];
  for (let step = 0; step < 15; step++) {
    await page.keyboard.press(key);
    const outside = String(await page.evaluate(FOCUSED));
    passed.push(outside.startsWith('Chat with') ? String(await panelOf(page).evaluate(FOCUSED)) : outside);
    if (passed.at(-1) === until) break;
  }
  return passed;
}

test('a guest does everything by the keyboard: sees where they are, is never held, and comes back to where they were', async () => {
  const guest = await visitor();
  const { keyboard } = guest.page;
  const panel = () => panelOf(guest.page);
  await guest.page.getByRole('button', { name: 'Open chat' }).focus();
  await keyboard.press('Enter');
  await guest.composer.waitFor();
  await expectFocus(panel(), 'Your message');

  expect(await stops(guest.page, 'Shift+Tab', 'Close chat')).toEqual([
    'Not now',
    'Sign up',
    'Minimise chat',
    'Menu',
    'Close chat',
  ]);
  expect(await stops(guest.page, 'Tab', 'Your message')).toEqual([
    'Menu',
    'Minimise chat',
    'Sign up',
    'Not now',
    'Your message',
  ]);
  // Nothing to send yet: the next one is outside.
  await keyboard.press('Tab');
  await expect.poll(() => guest.page.evaluate('document.activeElement.localName')).not.toBe('wellchina-chat');

  await guest.panel.getByRole('button', { name: 'Not now' }).focus();
  await keyboard.press('Enter');
  await expectFocus(panel(), 'Your message');
  await keyboard.type('By the keyboard alone');
  await keyboard.press('Enter');
  await guest.sees('You’re now in the queue');
  await expectFocus(panel(), 'Your message');

  await guest.panel.getByRole('button', { name: 'Menu' }).focus();
  await keyboard.press('Enter');
  await expectFocus(panel(), 'Save your chat');
  await keyboard.press('Escape');
  await expectFocus(panel(), 'Menu');
  await keyboard.press('Enter');
  await expectFocus(panel(), 'Save your chat');
  await keyboard.press('Tab');
  await keyboard.press('Tab');
  await guest.panel.getByRole('button', { name: 'Save your chat' }).waitFor({ state: 'detached' });
  await keyboard.press('Shift+Tab');
  await keyboard.press('Enter');
  await expectFocus(panel(), 'Save your chat');
  await keyboard.press('Enter');
  await guest.panel.getByRole('heading', { name: 'Save your chat' }).waitFor();
  await expect.poll(() => panel().evaluate('document.activeElement.textContent')).toBe('Save your chat');
  await keyboard.press('Escape');
  await expectFocus(panel(), 'Your message');

  await keyboard.press('Escape');
  await expectFocus(panel(), 'Close anyway');
  await keyboard.press('Escape');
  await expectFocus(guest.page, 'Open chat');
  await keyboard.press('Space');
  await expectFocus(panel(), 'Your message');
});

test('a Tab that is quicker than the screen leaves no menu open', async () => {
  const guest = await visitor();
  await guest.openChat();
  // Out of it before the next frame is drawn.
  const menu = await panelOf(guest.page).evaluate(`(async () => {
    document.querySelector('[aria-label=Menu]').click();
    while (!document.querySelector('.panel-menu')) await Promise.resolve();
    document.querySelector('textarea').focus();
    document.activeElement.dispatchEvent(new KeyboardEvent('keyup', { key: 'Tab', bubbles: true }));
    return 'was open';
  })()`);
  expect(menu).toBe('was open');
  await guest.panel.getByRole('button', { name: 'Save your chat' }).waitFor({ state: 'detached' });
});

test('what is wrong with a field is said with the field, and the keyboard is there', async () => {
  const guest = await visitor();
  await guest.openChat();
  await guest.panel.getByRole('button', { name: 'Sign up' }).click();
  const email = guest.panel.getByRole('textbox', { name: 'Email' });
  await email.fill('nobody');
  await guest.page.keyboard.press('Enter');
  await guest.panel.getByRole('alert').getByText('doesn’t look like').waitFor();
  expect(
    await email.evaluate((field) => ({
      focused: field === field.ownerDocument.activeElement,
      invalid: field.getAttribute('aria-invalid'),
      says: field.ownerDocument.getElementById(field.getAttribute('aria-describedby') ?? '')?.textContent,
    })),
  ).toEqual({ focused: true, invalid: 'true', says: 'That doesn’t look like an email address.' });

  await guest.page.goto(`${worker.url}/login`);
  await guest.page.getByLabel('Email').fill('nobody@visitors.test');
  await guest.page.getByLabel('Password').fill('not the right one');
  await guest.page.keyboard.press('Enter');
  await guest.page.getByRole('alert').waitFor();
  await expect
    .poll(() => guest.page.evaluate('document.activeElement.textContent'))
    .toBe('That email and password don’t match. Check both and try again.');
});

test('a screen reader hears what others write once, and neither what was there before nor oneself', async () => {
  const guest = await visitor();
  await guest.openChat();
  await guest.write('Do you hear me?');
  await guest.sees('You’re now in the queue');
  const context = await calmContext(browser);
  const support = await Agent.signInOn(context, worker.url, 'agent@wellchina.test', 'wellchina-agent');
  onTestFinished(() => support.leave());
  await support.open('Do you hear me?');
  await support.press('Accept');
  await support.write('Loud and clear');
  await guest.sees('Loud and clear');
  const entries = async () => (await panelOf(guest.page).evaluate('entries')) as string[];
  const read = async () => (await entries()).filter((entry) => entry.startsWith('polite'));
  expect(await read()).toEqual([
    expect.stringContaining('You’re now in the queue'),
    expect.stringContaining('joined the chat'),
    expect.stringContaining('Loud and clear'),
  ]);

  await guest.page.reload();
  await guest.sees('Loud and clear');
  expect((await entries()).length).toBeGreaterThan(3);
  expect(await read()).toEqual([]);
  // Once it has been there for a moment, what comes is new.
  await guest.panel.locator('[role=log][aria-live=polite]').waitFor();
  await support.write('Still here?');
  await guest.sees('Still here?');
  expect(await read()).toEqual([expect.stringContaining('Still here?')]);
});

test('an agent goes from the queue through a conversation to its end by the keyboard, and never falls out of the page', async () => {
  const guest = await visitor();
  await guest.openChat();
  const asked = `For the keyboard ${crypto.randomUUID()}`;
  await guest.write(asked);
  await guest.sees('You’re now in the queue');
  const context = await calmContext(browser);
  const support = await Agent.signInOn(context, worker.url, 'agent2@wellchina.test', 'wellchina-agent2');
  onTestFinished(() => support.leave());
  const { page } = support;
  const link = page.getByRole('link').filter({ hasText: asked });
  await link.waitFor();
  await page.keyboard.press('j');
  await expect.poll(() => page.evaluate('document.activeElement.className')).toContain('queue-item');
  await page.setViewportSize({ width: 390, height: 844 });
  await link.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Accept', exact: true }).waitFor();
  await expect.poll(() => page.evaluate('document.activeElement.localName')).toBe('h1');
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.getByRole('button', { name: 'Accept', exact: true }).focus();
  await page.keyboard.press('Enter');
  await expect.poll(() => page.evaluate('document.activeElement.localName')).toBe('textarea');
  await page.keyboard.type('Here I am');
  await page.keyboard.press('Enter');
  await guest.sees('Here I am');
  await page.keyboard.press('Escape');
  await expect.poll(() => page.evaluate("document.activeElement.getAttribute('aria-current')")).toBe('page');
  const close = page.getByRole('button', { name: 'Close', exact: true });
  await close.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await expectFocus(page, 'Close');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').getByRole('button', { name: 'Close conversation' }).focus();
  await page.keyboard.press('Enter');
  await close.waitFor({ state: 'detached' });
  await expect.poll(() => page.evaluate('document.activeElement.localName')).toBe('h1');
});
