import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { AccessibilityStage, PATIENCE } from './accessibility-stage.ts';
import { Inspector } from './looks.ts';
import { Visitor } from './people.ts';

vi.setConfig({ testTimeout: PATIENCE });

let stage: AccessibilityStage;

beforeAll(async () => {
  stage = await AccessibilityStage.open();
});
afterAll(() => stage.close());

test('the desk has nothing that a rule of WCAG 2.2 AA refuses, from signing in to the team, nor in what it says when it may not or cannot', async () => {
  const inspector = new Inspector();
  const stranger = await (await stage.context()).newPage();
  await stranger.goto(`${stage.url}/agent/login`);
  await inspector.look(stranger, 'desk login');
  await stranger.getByLabel('Email').fill('agent@wellchina.test');
  await stranger.getByLabel('Password').fill('not the right one');
  await stranger.getByRole('button', { name: 'Sign in' }).click();
  await stranger.getByRole('alert').waitFor();
  await inspector.look(stranger, 'desk login refused');
  await stranger.goto(`${stage.url}/agent/invitation?token_hash=x&type=invite`);
  await stranger.getByRole('button', { name: 'Join the team' }).click();
  await stranger.getByText('Use at least').waitFor();
  await inspector.look(stranger, 'desk invitation refused');
  await stranger.goto(`${stage.url}/agent/invitation#error=access_denied`);
  await stranger.getByRole('heading', { name: 'no longer open' }).waitFor();
  await inspector.look(stranger, 'desk invitation over');

  const admin = await stage.agent('admin@wellchina.test', 'wellchina-admin');
  const { page } = admin;
  await inspector.look(page, 'desk empty queue');
  const email = await stage.account();
  const somebody = await (await stage.context()).newPage();
  await stage.signIn(somebody, email);
  const visitor = Visitor.of(somebody);
  await visitor.openChat();
  await visitor.write('Is the first call free of charge?');
  await visitor.sees('You’re now in the queue');
  await stage.guestWaits(
    'مرحبا، كم تستغرق زراعة الأسنان؟ I have my X-rays, the report of my dentist and all dates at hand.',
  );
  await stage.guestWaits('Hi');
  for (const text of ['Is the first call free', 'my X-rays', 'Hi'])
    await page.getByText(text).first().waitFor();
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
  await page.goto(`${stage.url}/agent/conversations/${randomUUID()}`);
  await page.getByText('no longer exists').waitFor();
  await inspector.look(page, 'desk no such conversation');

  await page.goto(`${stage.url}/agent/team`);
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
  await page.goto(`${stage.url}/agent/audit`);
  await inspector.look(page, 'desk audit');
  await page.goto(`${stage.url}/agent/audit?action=taken_over&from=2020-13-01`);
  await inspector.look(page, 'desk audit empty');
  await page.goto(`${stage.url}/agent/sites`);
  await inspector.look(page, 'desk sites');
  await page.getByLabel('Address').fill('no address');
  await page.getByRole('button', { name: 'Add' }).click();
  await page.getByRole('alert').waitFor();
  await inspector.look(page, 'desk sites refused');

  const colleague = await stage.agent('agent2@wellchina.test', 'wellchina-agent2');
  await colleague.page.goto(`${stage.url}/agent/team`);
  await inspector.look(colleague.page, 'desk 403');
  await stage.backend.auth.stop();
  await stage.backend.postgres.stop();
  await page.goto(`${stage.url}/agent`);
  await inspector.look(page, 'desk 503');
  await somebody.goto(`${stage.url}/account`);
  await inspector.look(somebody, 'account 503');
  expect(inspector.findings).toEqual([]);
});
