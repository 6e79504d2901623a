import type { Browser } from 'playwright-core';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { startWorker, type TestWorker } from '../support/worker.ts';
import { Agent, expectInOrder, textsOf, Visitor } from './people.ts';

const backend = inject('backend');
const sql = postgres(backend.databaseUrl, { max: 1, onnotice: () => {} });
let worker: TestWorker;
let browser: Browser;

beforeAll(async () => {
  [worker, browser] = await Promise.all([startWorker(backend), launchBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await worker.stop();
  await sql.end();
});

async function visitor(): Promise<Visitor> {
  const arrived = await Visitor.arrive(browser, worker.url);
  onTestFinished(() => arrived.leave());
  return arrived;
}

async function agent(): Promise<Agent> {
  const signedIn = await Agent.signIn(browser, worker.url, 'agent@wellchina.test', 'wellchina-agent');
  onTestFinished(() => signedIn.leave());
  return signedIn;
}

/** What Postgres holds of a conversation: who said what, or which event, in order. */
async function held(id: string): Promise<string[]> {
  const rows = await sql<{ said: string }[]>`
    select sender_role || ': ' || coalesce(content, event ->> 'key') as said
      from messages where conversation_id = ${id} order by seq`;
  return rows.map(({ said }) => said);
}

test('a visitor writes, an agent accepts, answers and closes; both reload and everything is still there, and in Postgres', async () => {
  const guest = await visitor();
  const support = await agent();
  await guest.openChat();
  await guest.write('Can I get a dental implant in Shanghai?');
  await guest.sees('You’re now in the queue');

  await support.open('Can I get a dental implant in Shanghai?');
  await support.press('Accept');
  await guest.sees('Agent Support One joined the chat');
  await support.composer.pressSequentially('Yes');
  await guest.panel
    .getByText(/typing/iu)
    .first()
    .waitFor();
  await support.write('Yes, in three places.');
  await guest.sees('Yes, in three places.');
  await guest.write('Wonderful.');
  await support.sees('Wonderful.');
  const id = support.conversationId();

  const said = [
    'Can I get a dental implant in Shanghai?',
    'You’re now in the queue',
    'Agent Support One joined the chat',
    'Yes, in three places.',
    'Wonderful.',
  ];
  await Promise.all([guest.page.reload(), support.page.reload()]);
  await Promise.all([guest.sees('Wonderful.'), support.sees('Wonderful.')]);
  expectInOrder(await textsOf(guest.log), said);
  // The agent reads the same, in an agent's words.
  expectInOrder(await textsOf(support.log), said.with(1, 'The visitor joined the queue'));

  await support.press('Close');
  await support.page.getByRole('dialog').getByRole('button', { name: /close/iu }).last().click();
  await guest.sees('Conversation closed');
  await expect
    .poll(() => held(id))
    .toEqual([
      'visitor: Can I get a dental implant in Shanghai?',
      'system: queued',
      'system: joined',
      'agent: Yes, in three places.',
      'visitor: Wonderful.',
      'system: closed',
    ]);
  const [row] =
    await sql`select status, head_seq::int as head, agent_id is not null as assigned, metadata ->> 'page' as page,
    first_response_at is not null as answered, closed_at is not null as closed from conversations where id = ${id}`;
  expect({ ...row }).toMatchObject({
    status: 'closed',
    head: 6,
    assigned: true,
    answered: true,
    closed: true,
  });
  expect([...guest.problems, ...support.problems]).toEqual([]);
});

test('a double click on send makes one conversation and one message', async () => {
  const guest = await visitor();
  await guest.openChat();
  await guest.composer.fill('Twice?');
  await guest.panel.getByRole('button', { name: /send/iu }).dblclick();
  await guest.sees('You’re now in the queue');
  expectInOrder(await textsOf(guest.log), ['Twice?']);
  // What comes after the queue's message would stand in Postgres by the time that the queue's message does.
  const held = () => sql`
    select c.id, count(*) filter (where m.content = 'Twice?')::int as messages, max(m.seq)::int as head
      from conversations c join messages m on m.conversation_id = c.id
      where c.visitor_id in (select visitor_id from conversations where subject = 'Twice?') group by c.id`;
  await expect
    .poll(async () => (await held()).map(({ messages, head }) => ({ messages, head })))
    .toEqual([{ messages: 1, head: 2 }]);
});

test('the Worker dies between two messages: what was said stays, what is written meanwhile goes out, once', async () => {
  const guest = await visitor();
  await guest.openChat();
  await guest.write('Before the fall');
  await guest.sees('You’re now in the queue');
  const support = await agent();
  await support.open('Before the fall');
  await support.press('Accept');
  await guest.sees('Agent Support One joined the chat');

  await worker.kill();
  await guest.write('While it lay there');
  await support.write('I am still here');
  await worker.restart();
  await guest.sees('I am still here');
  await support.sees('While it lay there');
  await guest.write('And on we go');
  await support.sees('And on we go');

  const id = support.conversationId();
  await expect.poll(async () => (await held(id)).length, { timeout: 15_000 }).toBe(6);
  const said = await held(id);
  expect(said.slice(0, 3)).toEqual(['visitor: Before the fall', 'system: queued', 'system: joined']);
  expect(said.slice(3, 5).sort()).toEqual(['agent: I am still here', 'visitor: While it lay there']);
  expect(said[5]).toBe('visitor: And on we go');
  expectInOrder(await textsOf(guest.log), ['Before the fall', 'And on we go']);
  await support.press('Close');
  await support.page.getByRole('dialog').getByRole('button', { name: /close/iu }).last().click();
  await guest.sees('Conversation closed');
});

test('before anybody opens the chat, the site makes one request for it and stores nothing', async () => {
  const context = await browser.newContext();
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const requests: string[] = [];
  page.on('request', (request) => requests.push(new URL(request.url()).pathname));
  await page.goto(worker.url);
  await page.getByRole('button', { name: 'Open chat' }).waitFor();
  await page.waitForLoadState('networkidle');
  expect(requests.filter((path) => /widget|api|rooms/u.test(path))).toEqual(['/widget.js']);
  expect(await context.cookies()).toEqual([]);
  expect(await page.evaluate(() => localStorage.length + sessionStorage.length)).toBe(0);
});

test('a visitor who comes back finds the conversation, and the badge counts what was said meanwhile', async () => {
  const guest = await visitor();
  await guest.openChat();
  await guest.write('I will be back');
  await guest.sees('You’re now in the queue');
  await guest.closeChat();
  const support = await agent();
  await support.open('I will be back');
  await support.press('Accept');
  await support.write('We will be here');
  await guest.page.getByRole('button', { name: /1 unread/iu }).waitFor();
  await guest.page.goto(`${worker.url}/pricing`);
  await guest.page.getByRole('button', { name: /1 unread/iu }).click();
  await guest.sees('We will be here');
  await guest.page.getByRole('button', { name: /unread/iu }).waitFor({ state: 'detached' });
});
