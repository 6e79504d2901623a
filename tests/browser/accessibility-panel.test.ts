import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { AccessibilityStage, PASSWORD, PATIENCE } from './accessibility-stage.ts';
import { Inspector } from './looks.ts';
import { Visitor } from './people.ts';

vi.setConfig({ testTimeout: PATIENCE });

let stage: AccessibilityStage;

beforeAll(async () => {
  stage = await AccessibilityStage.open();
});
afterAll(() => stage.close());

test('the panel a guest talks in has nothing that a rule of WCAG 2.2 AA refuses: greeting, prompts, menu, conversation, its end, and what goes wrong', async () => {
  const inspector = new Inspector();
  const guestContext = await stage.context();
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
  const guest = await Visitor.on(guestContext, stage.url);
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

  const support = await stage.agent('agent@wellchina.test', 'wellchina-agent');
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
  const guest = await Visitor.on(await stage.context(), stage.url);
  const look = (name: string) => inspector.look(guest.page, `panel ${name}`, 'panel');
  const button = (name: string) => guest.panel.getByRole('button', { name });
  const submit = guest.panel.locator('form button[type=submit]');
  const email = await stage.account();
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
  const guest = await Visitor.on(await stage.context(), stage.url);
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
  await guest.panel.getByLabel('邮箱').fill(await stage.account());
  await guest.panel.getByRole('textbox', { name: '密码' }).fill(PASSWORD);
  await guest.panel.locator('form button[type=submit]').click();
  await guest.panel.getByText('您已登录').waitFor();
  await button('我的对话').click();
  await guest.panel.getByRole('heading', { name: '我的对话' }).waitFor();
  await look('history');
  expect(inspector.findings).toEqual([]);
});
