import { randomUUID } from 'node:crypto';
import { createClient } from '@supabase/supabase-js';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { Backend } from '../../supabase/local/backend.ts';
import { ownBackend } from '../support/backend.ts';
import { launchBrowser } from '../support/browser.ts';
import { startWorker, type TestWorker } from '../support/worker.ts';
import { mailTo } from '../system/journey.ts';
import { hostPage } from './host-page.ts';
import { Agent, expectInOrder, textsOf, Visitor } from './people.ts';

const PASSWORD = 'a long enough one';

// A backend of its own: this project asks for a confirmation of addresses.
let backend: Backend;
let worker: TestWorker;
let browser: Browser;

beforeAll(async () => {
  backend = await ownBackend('visitors', { autoconfirm: false, redirectUrls: ['http://**'] });
  [worker, browser] = await Promise.all([startWorker(backend), launchBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await worker.stop();
  await backend.stop();
});

async function visitor(path = ''): Promise<Visitor> {
  const arrived = await Visitor.arrive(browser, worker.url + path);
  onTestFinished(() => arrived.leave());
  return arrived;
}

/** An account as the project's own site would have made it, with its access token. */
async function account(): Promise<{ email: string; token: string }> {
  const email = `${randomUUID()}@visitors.test`;
  const options = { auth: { persistSession: false, autoRefreshToken: false } };
  const admin = createClient(backend.supabaseUrl, backend.serviceRoleKey, options);
  await admin.auth.admin.createUser({ email, password: PASSWORD, email_confirm: true });
  const anybody = createClient(backend.supabaseUrl, backend.anonKey, options);
  const { data } = await anybody.auth.signInWithPassword({ email, password: PASSWORD });
  return { email, token: data.session?.access_token ?? '' };
}

const button = (who: Visitor, name: string) => who.panel.getByRole('button', { name });
async function fillIn(who: Visitor, email: string, password = PASSWORD): Promise<void> {
  await who.panel.getByLabel('Email').fill(email);
  await who.panel.getByRole('textbox', { name: /password/iu }).fill(password);
  await who.panel.locator('form button[type=submit]').click();
}
async function choose(who: Visitor, item: string): Promise<void> {
  await button(who, 'Menu').click();
  await button(who, item).click();
}

test('a guest is told three times why to sign up, may wave it away, and isn’t told again', async () => {
  const guest = await visitor();
  await guest.openChat();
  const first = guest.panel.getByText("You're chatting as a guest. Sign up to save your chat history.");
  const third = guest.panel.getByText('Create an account to keep this conversation accessible anytime.');
  const closing = guest.panel.getByText('Remember: guest chats may be lost if you clear your browser data.');
  await first.waitFor();
  await button(guest, 'Not now').click();
  await first.waitFor({ state: 'detached' });
  for (const text of ['one', 'two']) await guest.write(text);
  await guest.sees('two');
  expect(await third.isVisible()).toBe(false);
  await guest.write('three');
  await third.waitFor();
  await button(guest, 'Not now').click();
  await third.waitFor({ state: 'detached' });

  // The bubble on the page asks as well, once, and closes at its second press.
  const bubble = guest.page.getByRole('button', { name: 'Close chat' });
  await bubble.click();
  await closing.waitFor();
  await bubble.click();
  await guest.page.getByRole('button', { name: 'Open chat' }).click();
  await guest.composer.waitFor();
  expect(await closing.isVisible()).toBe(false);
  await bubble.click();
  await guest.page.getByRole('button', { name: 'Open chat' }).waitFor();

  await guest.page.reload();
  await guest.openChat();
  await guest.sees('three');
  expect(await Promise.all([first, third, closing].map((prompt) => prompt.isVisible()))).toEqual([
    false,
    false,
    false,
  ]);
  expect(guest.problems).toEqual([]);
});

test('a guest saves the chat: a mail, the chat goes on, the link turns the panel, and another browser has it all', async () => {
  const guest = await visitor();
  await guest.openChat();
  await guest.write('Before the account');
  await guest.sees('You’re now in the queue');
  await guest.composer.fill('half a sen');
  await choose(guest, 'Save your chat');
  const email = `${randomUUID()}@visitors.test`;
  await fillIn(guest, email, 'short');
  await guest.panel.getByRole('alert').getByText('At least 8 characters.').waitFor();
  await fillIn(guest, email);
  await guest.panel.getByRole('heading', { name: 'Check your mail' }).waitFor();
  await guest.panel.getByText(email).waitFor();
  await guest.panel.getByRole('main').getByRole('button', { name: 'Back to the chat' }).click();
  expect(await guest.composer.inputValue()).toBe('half a sen');
  await guest.write('While the mail is on its way');
  await guest.sees('While the mail is on its way');

  const { link } = await mailTo(backend.mailDir, email, 'email_change');
  const elsewhere = await browser.newContext();
  onTestFinished(() => elsewhere.close());
  await follow(await elsewhere.newPage(), link);
  await guest.panel.getByText('Your chat is saved.').waitFor();
  await guest.write('After it');
  await guest.sees('After it');

  const second = await visitor();
  await second.openChat();
  await second.panel.getByText("You're chatting as a guest.").waitFor();
  await choose(second, 'Sign in');
  expect(await second.panel.getByLabel('Bring this conversation along').isVisible()).toBe(false);
  await fillIn(second, email);
  await second.panel.getByRole('heading', { name: 'Your conversations' }).waitFor();
  expect(await second.panel.getByText("You're chatting as a guest.").isVisible()).toBe(false);
  await second.panel.getByRole('button', { name: /Before the account/u }).click();
  await second.sees('After it');
  expectInOrder(await textsOf(second.log), [
    'Before the account',
    'While the mail is on its way',
    'After it',
  ]);
  expect([...guest.problems, ...second.problems]).toEqual([]);
});

test('an address that has an account leads to signing in, and this conversation comes along, with what is on its way', async () => {
  const { email } = await account();
  const guest = await visitor();
  await guest.openChat();
  await guest.write('Shall I bring my X-rays?');
  await guest.sees('You’re now in the queue');
  await guest.composer.fill('half a sen');
  await choose(guest, 'Save your chat');
  await fillIn(guest, email);
  await guest.panel.getByText('There is an account with this address already.').waitFor();
  expect(await guest.panel.getByLabel('Email').inputValue()).toBe(email);
  expect(await guest.panel.getByLabel('Bring this conversation along').isChecked()).toBe(true);
  await fillIn(guest, email, 'a wrong password');
  await guest.panel.getByText('Email or password is not right.').waitFor();
  await fillIn(guest, email);
  await guest.panel.getByText('this conversation came along').waitFor();
  await guest.sees('Shall I bring my X-rays?');
  expect(await guest.composer.inputValue()).toBe('half a sen');
  await guest.write('And here I am');
  await guest.sees('And here I am');

  const support = await Agent.signIn(browser, worker.url, 'agent@wellchina.test', 'wellchina-agent');
  onTestFinished(() => support.leave());
  await support.open('And here I am');
  await support.press('Accept');
  await support.press('Close');
  await support.page.getByRole('dialog').getByRole('button', { name: /close/iu }).last().click();
  await guest.sees('Conversation closed');

  // On the next page: the list, with the closed one to be read, and the way to a new one.
  await guest.page.reload();
  await guest.panel.getByRole('heading', { name: 'Your conversations' }).waitFor();
  await button(guest, 'Start a new conversation').waitFor();
  await guest.panel.getByRole('button', { name: /X-rays/u }).click();
  await guest.sees('And here I am');
  await button(guest, 'Your conversations').click();
  await button(guest, 'Start a new conversation').click();
  await guest.write('Something else');
  await guest.sees('You’re now in the queue');

  // Signed out, nothing of it is left to see.
  await choose(guest, 'Sign out');
  await guest.panel.getByText('Hello, how can we help?').waitFor();
  await guest.page.reload();
  await guest.panel.getByText("You're chatting as a guest.").waitFor();
  expect(await guest.panel.getByText('Something else').isVisible()).toBe(false);
});

test('a guest saves the chat with Google, in a window of its own; closing it changes nothing', async () => {
  const guest = await visitor();
  await guest.openChat();
  await guest.write('Before Google');
  await guest.sees('You’re now in the queue');
  await choose(guest, 'Save your chat');
  const google = button(guest, 'Continue with Google');
  const [left] = await Promise.all([guest.page.waitForEvent('popup'), google.click()]);
  await left.close();
  await guest.panel.getByText('The window was closed before it was done.').waitFor();
  const [popup] = await Promise.all([guest.page.waitForEvent('popup'), google.click()]);
  await popup.locator('input[name=email]').fill(`${randomUUID()}@visitors.test`);
  await popup.locator('button[value=allow]').click();
  await guest.panel.getByText('Your chat is saved.').waitFor();
  expect(popup.isClosed()).toBe(true);
  await guest.sees('Before Google');
  await guest.write('After Google');
  await guest.sees('After Google');
  expect(guest.problems).toEqual([]);
});

test('a page in Chinese has its chat in Chinese, on the page and in the panel, and its files alone', async () => {
  const guest = await visitor();
  const asked: string[] = [];
  guest.page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await guest.page.evaluate("WellChinaChat('setLocale', 'zh-CN')");
  await guest.page.getByRole('button', { name: '打开聊天' }).click();
  await guest.panel.getByText('您正以访客身份聊天。注册后即可保存聊天记录。').waitFor();
  expect(await guest.panel.locator('html').getAttribute('lang')).toBe('zh-CN');
  const field = guest.panel.getByRole('textbox', { name: '您的消息' });
  await field.fill('种植牙多少钱?');
  await field.press('Enter');
  await guest.log.getByText('您已进入排队').waitFor();
  expect(asked.filter((path) => /\/(en|zh)\./u.test(path))).toEqual(['/widget/zh.chat.js']);
  // The agent reads the same event in theirs.
  const support = await Agent.signIn(browser, worker.url, 'agent@wellchina.test', 'wellchina-agent');
  onTestFinished(() => support.leave());
  await support.open('种植牙多少钱?');
  await support.sees('The visitor joined the queue');
  await guest.page.evaluate("WellChinaChat('setLocale', 'en')");
  await guest.sees('You’re now in the queue');
  expect(guest.problems).toEqual([]);
});

test('the people of a page on another origin: a guest’s chat comes along, and nobody sees another’s', async () => {
  const host = await hostPage(worker.url, 'shop');
  onTestFinished(() => host.close());
  const guest = await Visitor.arrive(browser, host.origin.replace('shop.', ''));
  onTestFinished(() => guest.leave());
  const [vera, bob] = await Promise.all([account(), account()]);
  await guest.openChat();
  await guest.write('Asked as a guest');
  await guest.sees('You’re now in the queue');

  await setUser(guest.page, vera.token);
  await guest.panel.getByRole('button', { name: /Asked as a guest/u }).click();
  await guest.sees('Asked as a guest');
  await guest.write('Said by Vera');
  await guest.sees('Said by Vera');

  await watchFor(guest, 'Said by Vera');
  await setUser(guest.page, bob.token);
  await guest.panel.getByText('Hello, how can we help?').waitFor();
  await guest.write('Said by Bob');
  await guest.sees('Said by Bob');
  expect(await seen(guest)).toBe(false);

  await watchFor(guest, 'Said by Bob');
  await setUser(guest.page, vera.token);
  await guest.panel.getByRole('button', { name: /Asked as a guest/u }).click();
  await guest.sees('Said by Vera');
  expect(await seen(guest)).toBe(false);
  await setUser(guest.page, null);
  await guest.panel.getByText('Hello, how can we help?').waitFor();

  // What a page gets wrong is told to it, and breaks nothing.
  const errors = await guest.page.evaluate(`(async () => {
    const errors = [];
    WellChinaChat('on', 'error', ({ code }) => errors.push(code));
    WellChinaChat('setUser', 'vera');
    WellChinaChat('setUser', { getAccessToken() { throw new Error('no') } });
    while (!errors.includes('access_token')) await new Promise((resolve) => setTimeout(resolve, 50));
    WellChinaChat('setUser', null);
    return errors;
  })()`);
  expect(errors).toEqual(expect.arrayContaining(['set_user', 'access_token']));
  await guest.panel.getByText('Hello, how can we help?').waitFor();
});

async function setUser(page: Page, token: string | null): Promise<void> {
  const user = token === null ? 'null' : `{ getAccessToken: async () => ${JSON.stringify(token)} }`;
  await page.evaluate(`WellChinaChat('setUser', ${user})`);
}

/** From the next change of the panel on: notes whether a text is on it, be it for a moment. */
async function watchFor(who: Visitor, text: string): Promise<void> {
  const frame = who.page.frames().find((one) => one.url().includes('/widget?'));
  await frame?.evaluate(`(() => {
    globalThis.seen = false;
    globalThis.watching?.disconnect();
    // What stands there at this moment is still the one before's.
    let first = true;
    globalThis.watching = new MutationObserver(() => {
      if (!first && document.body.innerText.includes(${JSON.stringify(text)})) globalThis.seen = true;
      first = false;
    });
    globalThis.watching.observe(document.body, { subtree: true, childList: true, characterData: true });
  })()`);
}
async function seen(who: Visitor): Promise<boolean> {
  const frame = who.page.frames().find((one) => one.url().includes('/widget?'));
  return (await frame?.evaluate('globalThis.seen')) as boolean;
}

/** Opens a mail's link as a person does: whatever the page asks for is pressed. */
async function follow(page: Page, link: string): Promise<void> {
  await page.goto(link);
}
