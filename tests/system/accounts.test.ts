import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type {
  ConversationList,
  CreatedConversation,
  Problem,
  Session,
  UpgradeAnswer,
} from '../../app/protocol/http.ts';
import { type Backend, startBackend } from '../../supabase/local/backend.ts';
import { freePort } from '../../supabase/local/ports.ts';
import { settingsFor } from '../../supabase/local/start/project.ts';
import { temporaryFolder } from '../support/shared.ts';
import { startWorker, type TestWorker } from '../support/worker.ts';
import { consent, Device, mailTo } from './journey.ts';
import { openRoom } from './plain-client.ts';

/** The site's own pages, with a project that asks for confirmation by mail, as `npm start` has it. */

let folder: string;
let backend: Backend;
let worker: TestWorker;
const PASSWORD = 'correct horse battery';

beforeAll(async () => {
  folder = await temporaryFolder('accounts');
  const port = await freePort(0);
  backend = await startBackend({
    dataDir: folder,
    durable: false,
    authPort: 0,
    postgresPort: 0,
    settings: {
      ...settingsFor(`http://127.0.0.1:${port}`),
      bcryptCost: 4,
      emailFrequency: 0,
      refreshReuseInterval: 0,
    },
  });
  worker = await startWorker({ ...backend, port });
});
afterAll(async () => {
  await worker?.stop();
  await backend?.stop();
  await rm(folder, { recursive: true, force: true });
});

const address = () => `${randomUUID()}@visitors.test`;

async function chatting(text: string) {
  const device = new Device(worker.url);
  const { body: session } = await device.api<Session>('POST', '/api/session', {});
  const token = session.accessToken;
  const firstMessage = { id: randomUUID(), text };
  const made = await device.api<CreatedConversation>('POST', '/api/conversations', { firstMessage }, token);
  const id = made.body.conversation.id;
  const socket = await openRoom(worker.wsUrl, id, `bearer.${token}`).opened();
  socket.send({ t: 'hello', after: null });
  await socket.next('welcome');
  return { device, token, id, socket, userId: session.user.id };
}

/** Follows a mail's link and presses the button. */
async function follow(device: Device, to: string, kind: string) {
  const { link } = await mailTo(backend.mailDir, to, kind);
  const url = new URL(link);
  expect(url.origin).toBe(worker.url);
  await device.open(link);
  return device.submit('/auth/confirm', Object.fromEntries(url.searchParams));
}

async function registered(email = address(), device = new Device(worker.url)) {
  await device.submit('/signup', { fullName: 'Ana Ferreira', email, password: PASSWORD });
  const confirmed = await follow(device, email, 'confirmation');
  expect(confirmed.path).toBe('/login?done=confirmed');
  expect((await device.submit('/login', { email, password: PASSWORD })).path).toBe('/account');
  return { device, email };
}

const signedIn = async (email: string, password = PASSWORD) => {
  const device = new Device(worker.url);
  const page = await device.submit('/login', { email, password });
  return { device, page };
};

describe('signing up', () => {
  test('by mail: a link followed on a second device confirms, and the conversations are there after signing in', async () => {
    const guest = await chatting('How much is an implant?');
    const email = address();
    const sent = await guest.device.submit('/signup', {
      fullName: 'Ana Ferreira',
      email,
      password: PASSWORD,
    });
    expect(sent.html).toContain('Look into your mailbox');
    // Not yet: the chat goes on as it was.
    expect((await signedIn(email)).page.html).toContain('don’t match');
    const id = randomUUID();
    guest.socket.send({ t: 'send', id, kind: 'text', text: 'still a guest' });
    await guest.socket.next('ack', (ack) => ack.id === id);

    const phone = new Device(worker.url);
    const confirmed = await follow(phone, email, 'email_change');
    expect(confirmed.path).toBe('/login?done=confirmed');
    expect(confirmed.html).toContain('Your address is confirmed.');
    const entered = await phone.submit('/login', { email, password: PASSWORD });
    expect(entered.html).toContain('How much is an implant?');
    expect(entered.html).toContain('Ana Ferreira');

    // The open socket hears who it is now; the id has stayed.
    const { conversation } = await guest.socket.next(
      'conversation',
      (frame) => frame.conversation.visitor.name === 'Ana Ferreira',
    );
    expect(conversation.visitor).toMatchObject({ id: guest.userId, isAnonymous: false });
    const laptop = await signedIn(email);
    expect(laptop.page).toMatchObject({ status: 200, path: '/account' });
    const resumed = await laptop.device.api<Session>('POST', '/api/session', {});
    expect(resumed.body.user).toMatchObject({ id: guest.userId, isAnonymous: false, email });
    const listed = await laptop.device.api<ConversationList>(
      'GET',
      '/api/conversations',
      undefined,
      resumed.body.accessToken,
    );
    expect(listed.body.conversations.map((one) => one.id)).toEqual([guest.id]);
    const history = await laptop.device.open(`/account/conversations/${guest.id}`);
    expect(history.html).toContain('still a guest');
    guest.socket.close();
  });

  test('takes nothing when a link is only opened, and each link once', async () => {
    const email = address();
    const device = new Device(worker.url);
    await device.submit('/signup', { fullName: 'Ana', email, password: PASSWORD });
    const { link } = await mailTo(backend.mailDir, email, 'confirmation');
    for (let time = 0; time < 3; time++)
      expect((await device.open(link)).html).toContain('Confirm my address');
    expect((await follow(device, email, 'confirmation')).path).toBe('/login?done=confirmed');
    expect((await follow(new Device(worker.url), email, 'confirmation')).html).toContain('used already');
  });

  test('by the guest who asked, in that very browser: they are signed in by the link', async () => {
    const guest = await chatting('How much is a crown?');
    const email = address();
    await guest.device.submit('/signup', { fullName: 'Ana', email, password: PASSWORD });
    const confirmed = await follow(guest.device, email, 'email_change');
    expect(confirmed.path).toBe('/account?done=email');
    expect(confirmed.html).toContain('How much is a crown?');
    expect(guest.socket.closed).toBeNull();
    guest.socket.close();
  });

  test.each(['of a guest', 'with nobody in it'])(
    'with somebody else’s address, whose owner confirms it in a browser %s, gets nobody into the account',
    async (whose) => {
      const email = address();
      const mallory = await chatting('waiting for you');
      await mallory.device.submit('/signup', { fullName: 'Mallory', email, password: PASSWORD });
      const guest = whose === 'of a guest' ? await chatting('mine alone') : null;
      const victim = guest?.device ?? new Device(worker.url);
      const page = await follow(victim, email, 'email_change');
      expect(page.path).toBe('/login?done=confirmed');
      expect((await victim.open('/account')).path).toBe('/login?next=%2Faccount');
      const { body } = await victim.api<Session>('POST', '/api/session', {});
      expect(body.user).toMatchObject(
        guest ? { id: guest.userId, isAnonymous: true } : { isAnonymous: true },
      );
      expect(body.user.id).not.toBe(mallory.userId);
      // A new password by mail makes the account its mailbox's, and Mallory is out of it.
      await victim.submit('/forgot', { email });
      await follow(victim, email, 'recovery');
      expect((await victim.submit('/reset', { password: 'a third horse' })).path).toBe(
        '/account?done=password',
      );
      const resumed = await mallory.device.api<Session>('POST', '/api/session', {});
      expect(resumed.body.user.id).not.toBe(mallory.userId);
      expect((await signedIn(email)).page.status).toBe(401);
      for (const one of [mallory, guest]) one?.socket.close();
    },
  );

  test('in another account’s browser: that one stays signed in, as who it was', async () => {
    const other = await registered();
    const email = address();
    await new Device(worker.url).submit('/signup', { fullName: 'Eve', email, password: PASSWORD });
    const page = await follow(other.device, email, 'confirmation');
    expect(page.path).toBe('/login?done=confirmed');
    expect(page.html).toContain('Your address is confirmed.');
    expect((await other.device.open('/account')).html).toContain(other.email);
  });

  test('from the widget: the chat goes on meanwhile, and the same once more is the same', async () => {
    const guest = await chatting('hello');
    const email = address();
    const ask = (body: unknown) =>
      guest.device.api<UpgradeAnswer & Problem>('POST', '/api/session/upgrade', body, guest.token);
    const asked = { method: 'password', email, password: PASSWORD };
    expect(await ask(asked)).toMatchObject({ status: 200, body: { status: 'confirmation_sent', email } });
    expect(await ask(asked)).toMatchObject({ status: 200, body: { status: 'confirmation_sent' } });
    await follow(guest.device, email, 'email_change');
    const resumed = await guest.device.api<Session>('POST', '/api/session', {});
    expect(resumed.body.user).toMatchObject({ id: guest.userId, isAnonymous: false, email });
    expect(guest.socket.closed).toBeNull();
    guest.socket.close();
  });
});

describe('signing in', () => {
  test('brings this browser’s guest along where that is ticked, and only then', async () => {
    const { email } = await registered();
    const one = await chatting('left behind');
    expect((await one.device.submit('/login', { email, password: PASSWORD })).html).not.toContain(
      'left behind',
    );
    const two = await chatting('brought along');
    expect((await two.device.submit('/login', { email, password: PASSWORD, bring: 'yes' })).html).toContain(
      'brought along',
    );
    expect(await two.socket.closeCode()).toBe(4403);
  });

  test('with Google goes there and back, to the page it was asked for and to no other site', async () => {
    const google = { email: address(), name: 'Wei Lin' };
    for (const [next, where] of [
      ['/pricing', '/pricing'],
      ['//evil.example', '/account'],
    ] as const) {
      const device = new Device(worker.url);
      const path = `/login?next=${encodeURIComponent(next)}`;
      const begun = await device.ask('POST', path, {
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
        body: 'intent=google',
      });
      const back = await consent(begun.headers.get('Location') ?? '', google);
      const page = await device.open(back.pathname + back.search);
      expect(page.path).toBe(where);
      expect(page.html).toContain('Wei Lin');
    }
  });

  test('with a code of somebody else’s gets nobody in', async () => {
    const thief = new Device(worker.url);
    const begun = await thief.ask('POST', '/login', {
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: 'intent=google',
    });
    const back = await consent(begun.headers.get('Location') ?? '', { email: address() });
    const victim = new Device(worker.url);
    const page = await victim.open(back.pathname + back.search);
    expect(page.path).toBe('/login?problem=link_cancelled');
    expect(victim.cookie('__Host-wellchina-visitor')).toBeUndefined();
  });

  test('tells the team where its door is, and strangers nothing', async () => {
    const team = await signedIn('agent@wellchina.test', 'wellchina-agent');
    expect(team.page).toMatchObject({ status: 403 });
    expect(team.device.cookie('__Host-wellchina-visitor')).toBeUndefined();
    expect((await signedIn(address())).page.status).toBe(401);
  });
});

describe('somebody who joins the support team', () => {
  test('is a guest in the widget from then on: their visitor’s session ends, with its sockets', async () => {
    const guest = await chatting('before I worked here');
    const email = address();
    await guest.device.submit('/signup', { fullName: 'Mei', email, password: PASSWORD });
    await follow(guest.device, email, 'email_change');
    expect((await guest.device.api<Session>('POST', '/api/session', {})).body.user.id).toBe(guest.userId);
    const sql = postgres(backend.databaseUrl, { max: 1 });
    await sql`insert into public.chat_agents (id, name) values (${guest.userId}, 'Mei')`;
    await sql.end();

    const { body, status } = await guest.device.api<Session>('POST', '/api/session', {});
    expect(status).toBe(200);
    expect(body.user.isAnonymous).toBe(true);
    expect(body.user.id).not.toBe(guest.userId);
    expect(await guest.socket.closeCode()).toBe(4401);
    expect((await guest.device.open('/account')).path).toBe('/login?next=%2Faccount');
    const again = await guest.device.api<Session>('POST', '/api/session', {});
    expect(again.body.user.id).toBe(body.user.id);
  });
});

describe('an account', () => {
  test('keeps what is told of it, and the rooms have the new name', async () => {
    const { device } = await registered();
    const { body } = await device.api<Session>('POST', '/api/session', {});
    const firstMessage = { id: randomUUID(), text: 'hello' };
    const made = await device.api<CreatedConversation>(
      'POST',
      '/api/conversations',
      { firstMessage },
      body.accessToken,
    );
    const socket = await openRoom(
      worker.wsUrl,
      made.body.conversation.id,
      `bearer.${body.accessToken}`,
    ).opened();
    socket.send({ t: 'hello', after: null });
    await socket.next('welcome');
    const profile = {
      intent: 'profile',
      fullName: 'Ana F.',
      phone: '+86 21 5550 0140',
      age: '41',
      locale: 'zh',
    };
    const saved = await device.submit('/account', profile);
    expect(saved.path).toBe('/account?done=profile');
    expect(saved.html).toContain('+86 21 5550 0140');
    await socket.next('conversation', (frame) => frame.conversation.visitor.name === 'Ana F.');
    const refused = await device.submit('/account', { ...profile, phone: 'no telephone' });
    expect(refused).toMatchObject({ status: 400 });
    expect(refused.html).toContain('no telephone');
    socket.close();
  });

  test('changes its password with the old one alone, and is signed out everywhere else', async () => {
    const { device, email } = await registered();
    const other = await signedIn(email);
    const change = (current: string) =>
      device.submit('/account', { intent: 'password', current, password: 'another horse' });
    expect((await change('wrong')).html).toContain('isn’t your current password');
    expect((await change(PASSWORD)).path).toBe('/account?done=password');
    expect((await other.device.open('/account')).path).toBe('/login?next=%2Faccount');
    expect((await signedIn(email, 'another horse')).page.path).toBe('/account');
  });

  test('changes its address once both mailboxes have said so', async () => {
    const { device, email } = await registered();
    const next = address();
    expect((await device.submit('/account', { intent: 'email', email: next })).html).toContain(
      'both addresses',
    );
    expect((await follow(device, next, 'email_change')).html).toContain('One more mailbox');
    expect((await follow(device, email, 'email_change')).html).toContain(next);
    expect((await signedIn(next)).page.path).toBe('/account');
  });

  test('gets a new password by mail; an address without an account hears the same', async () => {
    const { email } = await registered();
    const device = new Device(worker.url);
    const [known, unknown] = [
      await device.submit('/forgot', { email }),
      await device.submit('/forgot', { email: address() }),
    ];
    expect([known.status, unknown.status]).toEqual([200, 200]);
    expect((await follow(device, email, 'recovery')).path).toBe('/reset');
    // The link alone has signed nobody in.
    expect((await device.open('/account')).path).toBe('/login?next=%2Faccount');
    expect((await device.submit('/reset', { password: 'a third horse' })).path).toBe(
      '/account?done=password',
    );
    expect((await signedIn(email)).page.status).toBe(401);
    expect((await new Device(worker.url).submit('/reset', { password: 'a third horse' })).html).toContain(
      'no longer works',
    );
  });

  test('that signs out everywhere is out everywhere, sockets too', async () => {
    const { device, email } = await registered();
    const other = await signedIn(email);
    const { body } = await other.device.api<Session>('POST', '/api/session', {});
    const firstMessage = { id: randomUUID(), text: 'hello' };
    const made = await other.device.api<CreatedConversation>(
      'POST',
      '/api/conversations',
      { firstMessage },
      body.accessToken,
    );
    const { id } = made.body.conversation;
    const socket = await openRoom(worker.wsUrl, id, `bearer.${body.accessToken}`).opened();
    socket.send({ t: 'hello', after: null });
    await socket.next('welcome');
    expect((await device.submit('/account', { intent: 'sign-out-everywhere' })).path).toBe('/login');
    expect(await socket.closeCode()).toBe(4401);
    expect((await other.device.open('/account')).path).toBe('/login?next=%2Faccount');
  });

  test('shows nobody’s conversation but its own, and no form from elsewhere does anything', async () => {
    const { device } = await registered();
    const other = await chatting('secret');
    expect((await device.open(`/account/conversations/${other.id}`)).status).toBe(404);
    for (const path of ['/login', '/signup', '/account', '/forgot', '/reset', '/auth/confirm']) {
      const response = await fetch(worker.url + path, {
        method: 'POST',
        headers: { Origin: 'https://evil.example', 'Content-Type': 'application/x-www-form-urlencoded' },
        body: 'intent=sign-out',
      });
      expect([path, response.status]).toEqual([path, 403]);
    }
  });
});

describe('a refresh token that was stolen', () => {
  test('and used after its owner’s ends the family: Auth’s definite no, and a new guest for whoever comes', async () => {
    const guest = await chatting('hello');
    const stolen = guest.device.cookie('__Host-wellchina-visitor') ?? '';
    // Two steps on: no lost answer explains a return to the first.
    for (let time = 0; time < 2; time++) await guest.device.api('POST', '/api/session', {});
    const thief = await new Device(worker.url).api<Session>('POST', '/api/session', { refreshToken: stolen });
    expect(thief.body.user.id).not.toBe(guest.userId);
    const owner = await guest.device.api<Session>('POST', '/api/session', {});
    expect(owner.body.user.id).not.toBe(guest.userId);
  });
});
