import type { Browser } from 'playwright-core';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { Backend } from '../../supabase/local/backend.ts';
import { ownBackend } from '../support/backend.ts';
import { launchBrowser } from '../support/browser.ts';
import { startWorker, type TestWorker } from '../support/worker.ts';
import { Agent, expectInOrder, textsOf, Visitor } from './people.ts';

// A backend of its own: it is taken away under people's feet.
let backend: Backend;
let worker: TestWorker;
let browser: Browser;

beforeAll(async () => {
  backend = await ownBackend('outage');
  // Rooms try again soon, so that the test need not wait for a minute's back-off.
  [worker, browser] = await Promise.all([
    startWorker({ ...backend, vars: { LIMITS: '{"backoffMaxMs": 2000}' } }),
    launchBrowser(),
  ]);
});
afterAll(async () => {
  await browser.close();
  await worker.stop();
  await backend.stop();
});

async function visitor(): Promise<Visitor> {
  const arrived = await Visitor.arrive(browser, worker.url);
  onTestFinished(() => arrived.leave());
  return arrived;
}

test('Postgres and Auth go away: people who talk go on talking, whoever is new keeps their text, and all of it arrives', async () => {
  const guest = await visitor();
  await guest.openChat();
  await guest.write('Before the outage');
  await guest.sees('You’re now in the queue');
  const support = await Agent.signIn(browser, worker.url, 'agent@wellchina.test', 'wellchina-agent');
  onTestFinished(() => support.leave());
  await support.open('Before the outage');
  await support.press('Accept');
  await guest.sees('Agent Support One joined the chat');
  const id = support.conversationId();
  const newcomer = await visitor();
  await newcomer.openChat();

  await backend.auth.stop();
  await backend.postgres.stop();

  await guest.write('Are you still there?');
  await support.sees('Are you still there?');
  await support.write('I am, and so are you');
  await guest.sees('I am, and so are you');
  expect((await fetch(`${worker.url}/healthz`)).status).toBe(503);

  await newcomer.write('My text must not get lost');
  await newcomer.panel
    .getByText(/right now|try again/iu)
    .first()
    .waitFor({ timeout: 20_000 });
  const kept = async () => `${await newcomer.composer.inputValue()}\n${await textsOf(newcomer.log)}`;
  expect(await kept()).toContain('My text must not get lost');
  const api = await fetch(`${worker.url}/api/session`, { method: 'POST', body: '{}' });
  expect(api.status).toBe(503);
  expect(Number(api.headers.get('Retry-After'))).toBeGreaterThan(0);
  expect(await api.json()).toMatchObject({ code: 'unavailable', status: 503 });

  // The Worker restarts meanwhile, too: nobody can be asked who these people are, but their tickets say it.
  await worker.kill();
  await worker.restart();
  await guest.write('Back through a restart');
  await support.sees('Back through a restart');

  await backend.postgres.restart();
  await backend.auth.restart();
  await newcomer.panel.getByText('You’re now in the queue').waitFor({ timeout: 30_000 });
  expectInOrder(await textsOf(newcomer.log), ['My text must not get lost']);

  const sql = postgres(backend.databaseUrl, { max: 1, onnotice: () => {} });
  onTestFinished(() => sql.end());
  await expect
    .poll(
      async () =>
        (
          await sql`select coalesce(content, event ->> 'key') as said from messages where conversation_id = ${id} order by seq`
        ).map(({ said }) => said),
      { timeout: 20_000 },
    )
    .toEqual([
      'Before the outage',
      'queued',
      'joined',
      'Are you still there?',
      'I am, and so are you',
      'Back through a restart',
    ]);
  await expect.poll(async () => (await fetch(`${worker.url}/healthz`)).status, { timeout: 20_000 }).toBe(200);
  await expect
    .poll(
      async () =>
        (await (await fetch(`${worker.url}/healthz`)).json<{ behind: { rooms: number } }>()).behind.rooms,
      { timeout: 20_000 },
    )
    .toBe(0);
});
