import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { createClient } from '@supabase/supabase-js';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { startBackend } from '../../supabase/local/backend.ts';
import { launchBrowser } from '../support/browser.ts';
import { temporaryFolder } from '../support/shared.ts';
import { startWorker, type TestWorker } from '../support/worker.ts';
import { mailTo } from '../system/journey.ts';
import { calmContext, Inspector } from './looks.ts';
import { Agent, Visitor } from './people.ts';

const PASSWORD = 'a long enough one';
const LONG_NAME = 'Wilhelmina Alexandrovna Featherstonehaugh-Konstantinopolsky von Hohenlohe';

// A backend of its own: this project asks for a confirmation of addresses, and goes away in the end.
let backend: Awaited<ReturnType<typeof startBackend>>;
let folder: string;
let worker: TestWorker;
let browser: Browser;

/** Some thirty screens in three looks each: a busy machine takes its time. */
vi.setConfig({ testTimeout: 120_000 });

beforeAll(async () => {
  folder = await temporaryFolder('accessibility');
  backend = await startBackend({
    dataDir: folder,
    durable: false,
    authPort: 0,
    postgresPort: 0,
    settings: { anonymousPerHour: 1_000_000, bcryptCost: 4, autoconfirm: false, redirectUrls: ['http://**'] },
  });
  [worker, browser] = await Promise.all([startWorker(backend), launchBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await worker.stop();
  await backend.stop();
  await rm(folder, { recursive: true, force: true });
});

async function context(): Promise<BrowserContext> {
  const made = await calmContext(browser);
  onTestFinished(() => made.close());
  return made;
}

async function account(): Promise<string> {
  const email = `${randomUUID()}.with-quite-a-long-address@visitors-from-far-away.test`;
  const admin = createClient(backend.supabaseUrl, backend.serviceRoleKey, {
    auth: { persistSession: false, autoRefreshToken: false },
  });
  await admin.auth.admin.createUser({
    email,
    password: PASSWORD,
    email_confirm: true,
    user_metadata: { name: LONG_NAME },
  });
  return email;
}

async function signIn(page: Page, email: string): Promise<void> {
  await page.goto(`${worker.url}/login`);
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL('**/account');
}

async function agent(email: string, password: string): Promise<Agent> {
  const signedIn = await Agent.signInOn(await context(), worker.url, email, password);
  onTestFinished(() => signedIn.leave());
  return signedIn;
}

test('the demo site has nothing that a rule of WCAG 2.2 AA refuses, in light and dark, wide and on a phone', async () => {
  const page = await (await context()).newPage();
  const inspector = new Inspector();
  const paths = [
    '/',
    '/procedures',
    '/procedures/dental-implants',
    '/hospitals',
    '/hospitals/chengdu-lotus',
    '/pricing',
    '/compare',
    '/contact',
    '/nowhere',
  ];
  for (const path of paths) {
    await page.goto(worker.url + path);
    await inspector.look(page, `site ${path.slice(1).replace('/', ' ') || 'home'}`);
  }
  expect(inspector.findings).toEqual([]);
});

test('nor have the ways into an account, with what they say when something is wrong', async () => {
  const page = await (await context()).newPage();
  const inspector = new Inspector();
  const email = await account();

  await page.goto(`${worker.url}/signup`);
  await inspector.look(page, 'signup');
  await page.getByLabel('Name').fill(' ');
  await page.getByLabel('Email').fill('nobody@visitors.test');
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Create an account' }).click();
  await page.getByRole('alert').waitFor();
  await inspector.look(page, 'signup refused');

  await page.goto(`${worker.url}/login`);
  await inspector.look(page, 'login');
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password').fill('not the right one');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('alert').waitFor();
  await inspector.look(page, 'login refused');

  await page.goto(`${worker.url}/forgot`);
  await inspector.look(page, 'forgot');
  await page.getByLabel('Email').fill(email);
  await page.getByRole('main').getByRole('button').first().click();
  await page.getByRole('heading', { name: 'Look into your mailbox' }).waitFor();
  await inspector.look(page, 'forgot sent');
  await page.goto(`${worker.url}/reset`);
  await inspector.look(page, 'reset too old');
  const { link } = await mailTo(backend.mailDir, email, 'recovery');
  const { searchParams } = new URL(link);
  const hash = searchParams.get('token_hash') ?? searchParams.get('token') ?? '';
  await page.goto(
    `${worker.url}/auth/confirm?${new URLSearchParams({ token_hash: hash, type: 'recovery' })}`,
  );
  await inspector.look(page, 'confirm one click');
  await page.getByRole('main').getByRole('button').click();
  await page.waitForURL('**/reset');
  await inspector.look(page, 'reset');
  await page.goto(`${worker.url}/auth/confirm?token_hash=used&type=email`);
  await page.getByRole('main').getByRole('button').click();
  await page.getByRole('alert').waitFor();
  await inspector.look(page, 'confirm refused');
  await page.goto(`${worker.url}/auth/confirm`);
  await inspector.look(page, 'confirm done');
  await page.goto(`${worker.url}/auth/confirm?error=access_denied`);
  await inspector.look(page, 'confirm too old');
  expect(inspector.findings).toEqual([]);
});

test('nor has an account, empty and with conversations, however long its owner’s name', async () => {
  const page = await (await context()).newPage();
  const inspector = new Inspector();
  const email = await account();
  await signIn(page, email);
  await inspector.look(page, 'account empty');
  await page.getByLabel('Telephone').fill('no number');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('alert').first().waitFor();
  await inspector.look(page, 'account refused');
  const visitor = Visitor.of(page);
  await visitor.openChat();
  await visitor.write('How long would I have to stay for two implants and a check-up afterwards?');
  await visitor.sees('You’re now in the queue');
  // What has been said gets to the list a moment later.
  const entries = page.getByRole('main').locator('a[href^="/account/conversations/"]');
  await expect
    .poll(
      async () => {
        await page.goto(`${worker.url}/account`);
        return entries.count();
      },
      { timeout: 20_000 },
    )
    .toBe(1);
  await inspector.look(page, 'account');
  await entries.click();
  await page.waitForURL('**/account/conversations/*');
  await inspector.look(page, 'account conversation');
  expect(inspector.findings).toEqual([]);
});

test('nor has the panel a guest talks in: greeting, prompts, menu, conversation, its end, and what goes wrong', async () => {
  const inspector = new Inspector();
  const guestContext = await context();
  let refuse: string | null = null;
  await guestContext.routeWebSocket(/\/rooms\//u, (line) => {
    const room = line.connectToServer();
    line.onMessage((frame) => {
      const sent = String(frame).startsWith('{') ? JSON.parse(String(frame)) : {};
      if (sent.t === 'send' && refuse) {
        line.send(
          JSON.stringify({ t: 'error', code: refuse, message: 'No.', ref: sent.id, retryAfterMs: 60_000 }),
        );
      } else room.send(frame);
    });
  });
  const guest = await Visitor.on(guestContext, worker.url);
  const look = (name: string) => inspector.look(guest.page, `panel ${name}`, 'panel');
  const button = (name: string) => guest.panel.getByRole('button', { name });
  await guest.page.getByRole('button', { name: 'Open chat' }).waitFor();
  await guest.openChat();
  await inspector.look(guest.page, 'page with its panel');
  await look('greeting and first prompt');
  await button('Not now').click();
  await look('greeting');
  await button('Menu').click();
  await look('menu');
  await guest.page.keyboard.press('Escape');

  await guest.page.route('**/api/session', (route) =>
    route.fulfill({
      status: 503,
      contentType: 'application/problem+json',
      headers: { 'Retry-After': '30' },
      body: JSON.stringify({ code: 'unavailable', status: 503, title: 'unavailable' }),
    }),
  );
  await guest.write('What does a knee replacement cost, all in?');
  await button('Try now').waitFor();
  await look('outage');
  await guest.page.unroute('**/api/session');
  await button('Try now').click();
  await guest.sees('You’re now in the queue');
  await look('waiting');
  await guest.write(
    'And see https://example.com/a/very/long/address/that/has/no/place/to/break/in/it?at=all',
  );
  await guest.write('Thank you!');
  await guest.panel.getByText('Create an account to keep').waitFor();
  await look('third prompt');

  const support = await agent('agent@wellchina.test', 'wellchina-agent');
  await support.open('Thank you!');
  await support.press('Accept');
  await guest.sees('joined the chat');
  await support.write('Hello! Around 9,800 US dollars with ten days in hospital.');
  await support.write('Shall I send you the details?');
  await guest.sees('Shall I send you the details?');
  await support.composer.pressSequentially('One mo');
  await guest.panel.getByText('is typing…').waitFor();
  await look('conversation');
  refuse = 'rate_limited';
  await guest.write('So fast');
  await guest.panel.getByText('That was a little fast').waitFor();
  await look('rate limited');
  refuse = 'forbidden';
  await guest.page.reload();
  await guest.panel.getByRole('button', { name: 'Retry' }).waitFor();
  await look('failed');
  await button('Delete').click();
  refuse = null;
  await guest.composer.fill('x'.repeat(3_990));
  await look('nearly too long');
  await guest.composer.fill('');
  await guestContext.setOffline(true);
  await guest.panel.getByText('You’re offline').waitFor();
  await guest.write('From the tunnel');
  await look('offline');
  await guestContext.setOffline(false);
  await guest.panel.getByText('You’re offline').waitFor({ state: 'detached' });
  await button('Minimise chat').click();
  await button('Close anyway').waitFor();
  await look('closing');
  await guest.page.keyboard.press('Escape');
  await guest.openChat();
  await support.press('Close');
  await support.page.getByRole('dialog').getByRole('button', { name: 'Close conversation' }).click();
  await button('Start a new conversation').waitFor();
  await look('closed');
  expect(inspector.findings).toEqual([]);
});

test('nor has the panel where a guest becomes somebody, and where they find their conversations', async () => {
  const inspector = new Inspector();
  const guest = await Visitor.on(await context(), worker.url);
  const look = (name: string) => inspector.look(guest.page, `panel ${name}`, 'panel');
  const button = (name: string) => guest.panel.getByRole('button', { name });
  const submit = guest.panel.locator('form button[type=submit]');
  const email = await account();
  await guest.openChat();
  await guest.write('Do you have an apartment near the hospital for the family of a patient?');
  await guest.sees('You’re now in the queue');
  await button('Menu').click();
  await button('Save your chat').click();
  await guest.panel.getByRole('heading', { name: 'Save your chat' }).waitFor();
  await look('save');
  await submit.click();
  await guest.panel.getByRole('alert').getByText('Please enter your email address.').waitFor();
  await look('save without an address');
  await guest.panel.getByLabel('Email').fill(email);
  await guest.panel.getByRole('textbox', { name: /password/iu }).fill('short');
  await submit.click();
  await guest.panel.getByRole('alert').getByText('At least 8 characters.').waitFor();
  await look('save with a short password');
  const [popup] = await Promise.all([
    guest.page.waitForEvent('popup'),
    button('Continue with Google').click(),
  ]);
  await guest.panel.getByText('Go on in the window that has opened.').waitFor();
  await look('Google open');
  await popup.close();
  await guest.panel.getByText('The window was closed').waitFor();
  await look('Google left');
  const frame = guest.page.frames().find((one) => one.url().includes('/widget?'));
  await frame?.evaluate('window.open = () => null');
  await button('Continue with Google').click();
  await guest.panel.getByText('Your browser blocked the window.').waitFor();
  await look('Google blocked');
  await guest.panel.getByLabel('Email').fill(`new-${email}`);
  await guest.panel.getByRole('textbox', { name: /password/iu }).fill(PASSWORD);
  await submit.click();
  await guest.panel.getByRole('heading', { name: 'Check your mail' }).waitFor();
  await look('check your mail');
  await button('Use another address').click();
  await guest.panel.getByLabel('Email').fill(email);
  await guest.panel.getByRole('textbox', { name: /password/iu }).fill(PASSWORD);
  await submit.click();
  await guest.panel.getByText('There is an account with this address already.').waitFor();
  await look('sign in and bring along');
  await guest.panel.getByRole('textbox', { name: /password/iu }).fill(PASSWORD);
  await submit.click();
  await guest.panel.getByText('this conversation came along').waitFor();
  await look('signed in');
  await button('Menu').click();
  await look('menu of an account');
  await guest.page.keyboard.press('Escape');
  await button('Your conversations').click();
  await guest.panel.getByRole('heading', { name: 'Your conversations' }).waitFor();
  await look('history');
  expect(inspector.findings).toEqual([]);
});

test('nor has the panel in Chinese', async () => {
  const inspector = new Inspector();
  const guest = await Visitor.on(await context(), worker.url);
  const look = (name: string) => inspector.look(guest.page, `Chinese ${name}`, 'panel');
  const button = (name: string) => guest.panel.getByRole('button', { name });
  await guest.page.evaluate("WellChinaChat('setLocale', 'zh-CN')");
  await guest.page.getByRole('button', { name: '打开聊天' }).click();
  await guest.panel.getByText('您正以访客身份聊天。').waitFor();
  await look('greeting');
  await guest.panel.getByRole('textbox', { name: '您的消息' }).fill('种植牙多少钱?');
  await guest.page.keyboard.press('Enter');
  await guest.log.getByText('您已进入排队').waitFor();
  await look('conversation');
  await button('最小化聊天').click();
  await button('仍要关闭').waitFor();
  await look('closing');
  await guest.panel.getByRole('alertdialog').getByRole('button', { name: '注册' }).click();
  await guest.panel.getByRole('heading', { name: '保存聊天记录' }).waitFor();
  await guest.panel.locator('form button[type=submit]').click();
  await guest.panel.getByRole('alert').getByText('请输入邮箱。').waitFor();
  await look('save');
  await button('已有账号').click();
  await guest.panel.getByRole('heading', { name: '登录' }).waitFor();
  await look('sign in');
  await guest.panel.getByLabel('邮箱').fill(await account());
  await guest.panel.getByRole('textbox', { name: '密码' }).fill(PASSWORD);
  await guest.panel.locator('form button[type=submit]').click();
  await guest.panel.getByText('您已登录').waitFor();
  await button('我的对话').click();
  await guest.panel.getByRole('heading', { name: '我的对话' }).waitFor();
  await look('history');
  expect(inspector.findings).toEqual([]);
});

test('nor has the desk, from signing in to the team, nor what it says when it may not or cannot', async () => {
  const inspector = new Inspector();
  const stranger = await (await context()).newPage();
  await stranger.goto(`${worker.url}/agent/login`);
  await inspector.look(stranger, 'desk login');
  await stranger.getByLabel('Email').fill('agent@wellchina.test');
  await stranger.getByLabel('Password').fill('not the right one');
  await stranger.getByRole('button', { name: 'Sign in' }).click();
  await stranger.getByRole('alert').waitFor();
  await inspector.look(stranger, 'desk login refused');
  await stranger.goto(`${worker.url}/agent/invitation?token_hash=x&type=invite`);
  await stranger.getByRole('button', { name: 'Join the team' }).click();
  await stranger.getByText('Use at least').waitFor();
  await inspector.look(stranger, 'desk invitation refused');
  await stranger.goto(`${worker.url}/agent/invitation#error=access_denied`);
  await stranger.getByRole('heading', { name: 'no longer open' }).waitFor();
  await inspector.look(stranger, 'desk invitation over');

  const email = await account();
  const somebody = await (await context()).newPage();
  await signIn(somebody, email);
  const visitor = Visitor.of(somebody);
  await visitor.openChat();
  await visitor.write('Is the first call free of charge?');
  await visitor.sees('You’re now in the queue');

  const admin = await agent('admin@wellchina.test', 'wellchina-admin');
  const { page } = admin;
  await page.getByText('Is the first call free').first().waitFor();
  await inspector.look(page, 'desk queue');
  await admin.open('Is the first call free');
  await admin.sees('Is the first call free');
  await inspector.look(page, 'desk waiting conversation');
  await admin.press('Accept');
  await admin.write('It is. When may we call you?');
  await visitor.composer.pressSequentially('Tomorrow');
  await page.getByText('is typing…').waitFor();
  await inspector.look(page, 'desk own conversation');
  await page.setViewportSize({ width: 1000, height: 800 });
  await page.getByRole('button', { name: 'Details', exact: true }).click();
  await inspector.look(page, 'desk details');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Close', exact: true }).click();
  await page.getByRole('dialog').waitFor();
  await inspector.look(page, 'desk closing');
  await page.getByRole('dialog').getByRole('button', { name: 'Close conversation' }).click();
  await page.getByText('Closed').first().waitFor();
  await inspector.look(page, 'desk closed conversation');
  await page.goto(`${worker.url}/agent/conversations/${randomUUID()}`);
  await page.getByText('no longer exists').waitFor();
  await inspector.look(page, 'desk no such conversation');

  await page.goto(`${worker.url}/agent/team`);
  await page.getByLabel('Email').fill(`${'a-long-address-'.repeat(4)}@team.test`);
  await page.getByRole('button', { name: 'Send invitation' }).click();
  await page.getByText('The invitation is on its way').waitFor();
  await inspector.look(page, 'desk team');
  await page.locator('summary').nth(1).click();
  await inspector.look(page, 'desk team member');
  await page.getByRole('button', { name: 'Deactivate' }).first().click();
  await page.getByRole('dialog').waitFor();
  await inspector.look(page, 'desk team deactivating');
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  await page.goto(`${worker.url}/agent/audit`);
  await inspector.look(page, 'desk audit');
  await page.goto(`${worker.url}/agent/audit?action=taken_over&from=2020-13-01`);
  await inspector.look(page, 'desk audit empty');
  await page.goto(`${worker.url}/agent/sites`);
  await inspector.look(page, 'desk sites');
  await page.getByLabel('Address').fill('no address');
  await page.getByRole('button', { name: 'Add' }).click();
  await page.getByRole('alert').waitFor();
  await inspector.look(page, 'desk sites refused');

  const colleague = await agent('agent2@wellchina.test', 'wellchina-agent2');
  await inspector.look(colleague.page, 'desk empty queue');
  await colleague.page.goto(`${worker.url}/agent/team`);
  await inspector.look(colleague.page, 'desk 403');
  await backend.auth.stop();
  await backend.postgres.stop();
  await page.goto(`${worker.url}/agent`);
  await inspector.look(page, 'desk 503');
  await somebody.goto(`${worker.url}/account`);
  await inspector.look(somebody, 'account 503');
  expect(inspector.findings).toEqual([]);
});
