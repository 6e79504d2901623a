import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { mailTo } from '../system/journey.ts';
import { AccessibilityStage, PASSWORD, PATIENCE } from './accessibility-stage.ts';
import { Inspector } from './looks.ts';
import { Visitor } from './people.ts';

vi.setConfig({ testTimeout: PATIENCE });

let stage: AccessibilityStage;

beforeAll(async () => {
  stage = await AccessibilityStage.open();
});
afterAll(() => stage.close());

test('the demo site has nothing that a rule of WCAG 2.2 AA refuses, in light and dark, wide and on a phone', async () => {
  const page = await (await stage.context()).newPage();
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
    await page.goto(stage.url + path);
    await inspector.look(page, `site ${path.slice(1).replace('/', ' ') || 'home'}`);
  }
  expect(inspector.findings).toEqual([]);
});

test('nor have the ways into an account, with what they say when something is wrong', async () => {
  const page = await (await stage.context()).newPage();
  const inspector = new Inspector();
  const email = await stage.account();

  await page.goto(`${stage.url}/signup`);
  await inspector.look(page, 'signup');
  await page.getByLabel('Name').fill(' ');
  await page.getByLabel('Email').fill('nobody@visitors.test');
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Create an account' }).click();
  await page.getByRole('alert').waitFor();
  await inspector.look(page, 'signup refused');

  await page.goto(`${stage.url}/login`);
  await inspector.look(page, 'login');
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password').fill('not the right one');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('alert').waitFor();
  await inspector.look(page, 'login refused');

  await page.goto(`${stage.url}/forgot`);
  await inspector.look(page, 'forgot');
  await page.getByLabel('Email').fill(email);
  await page.getByRole('main').getByRole('button').first().click();
  await page.getByRole('heading', { name: 'Look into your mailbox' }).waitFor();
  await inspector.look(page, 'forgot sent');
  await page.goto(`${stage.url}/reset`);
  await inspector.look(page, 'reset too old');
  const { link } = await mailTo(stage.backend.mailDir, email, 'recovery');
  const { searchParams } = new URL(link);
  const hash = searchParams.get('token_hash') ?? searchParams.get('token') ?? '';
  await page.goto(`${stage.url}/auth/confirm?${new URLSearchParams({ token_hash: hash, type: 'recovery' })}`);
  await inspector.look(page, 'confirm one click');
  await page.getByRole('main').getByRole('button').click();
  await page.waitForURL('**/reset');
  await inspector.look(page, 'reset');
  await page.goto(`${stage.url}/auth/confirm?token_hash=used&type=email`);
  await page.getByRole('main').getByRole('button').click();
  await page.getByRole('alert').waitFor();
  await inspector.look(page, 'confirm refused');
  await page.goto(`${stage.url}/auth/confirm`);
  await inspector.look(page, 'confirm done');
  await page.goto(`${stage.url}/auth/confirm?error=access_denied`);
  await inspector.look(page, 'confirm too old');
  expect(inspector.findings).toEqual([]);
});

test('nor has an account, empty and with conversations, however long its owner’s name', async () => {
  const page = await (await stage.context()).newPage();
  const inspector = new Inspector();
  const email = await stage.account();
  await stage.signIn(page, email);
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
        await page.goto(`${stage.url}/account`);
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
