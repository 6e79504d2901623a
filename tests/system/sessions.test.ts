import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type {
  ClaimAnswer,
  ConversationList,
  CreatedConversation,
  MessagePage,
  Problem,
  Session,
  UpgradeAnswer,
} from '../../app/protocol/http.ts';
import { startWorker, type TestWorker } from '../support/worker.ts';
import { consent, Device } from './journey.ts';
import { openRoom } from './plain-client.ts';

/** Who a visitor is, over the API; the project counts addresses as confirmed at once. */

/** Any answer of these calls, as a program reads it. */
interface Answered {
  status?: string | number;
  code?: string;
  url?: string;
  state?: string;
  session?: Session;
  brought?: number;
}

let worker: TestWorker;
const backend = inject('backend');
const PASSWORD = 'correct horse battery';

beforeAll(async () => {
  worker = await startWorker(backend);
});
afterAll(() => worker.stop());

const address = () => `${randomUUID()}@visitors.test`;

async function newGuest(device = new Device(worker.url)) {
  const { body } = await device.api<Session>('POST', '/api/session', {});
  return { device, session: body, token: body.accessToken };
}

async function chatting(text: string, device = new Device(worker.url)) {
  const guest = await newGuest(device);
  const first = { id: randomUUID(), text };
  const made = await device.api<CreatedConversation>(
    'POST',
    '/api/conversations',
    { firstMessage: first },
    guest.token,
  );
  const id = made.body.conversation.id;
  const socket = await openRoom(worker.wsUrl, id, `bearer.${guest.token}`).opened();
  socket.send({ t: 'hello', after: null });
  const welcome = await socket.next('welcome');
  return { ...guest, id, first, socket, ticket: welcome.ticket };
}

/** Somebody with an account, on a device of their own. */
async function registered(email = address()) {
  const { device, token } = await newGuest();
  const { body } = await device.api<UpgradeAnswer>(
    'POST',
    '/api/session/upgrade',
    { method: 'password', email, password: PASSWORD },
    token,
  );
  if (body.status !== 'done') throw new Error(JSON.stringify(body));
  return { device, email, session: body.session, token: body.session.accessToken };
}

const list = async (device: Device, token: string | undefined) =>
  (await device.api<ConversationList>('GET', '/api/conversations', undefined, token)).body.conversations;

const signIn = (device: Device, body: unknown, token?: string) =>
  device.api<Answered>('POST', '/api/session/sign-in', body, token);

describe('a guest who registers', () => {
  test('by password keeps id, conversation and socket, and the cookie is the account’s', async () => {
    const guest = await chatting('How much is an implant?');
    const email = address();
    const { status, body } = await guest.device.api<UpgradeAnswer>(
      'POST',
      '/api/session/upgrade',
      { method: 'password', email, password: PASSWORD },
      guest.token,
    );
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: 'done',
      session: { user: { id: guest.session.user.id, isAnonymous: false, email } },
    });

    // The very socket of before hears who it is now, and goes on.
    const { conversation } = await guest.socket.next(
      'conversation',
      (frame) => !frame.conversation.visitor.isAnonymous,
    );
    expect(conversation.visitor.id).toBe(guest.session.user.id);
    const id = randomUUID();
    guest.socket.send({ t: 'send', id, kind: 'text', text: 'still here' });
    await guest.socket.next('ack', (ack) => ack.id === id);

    const resumed = await guest.device.api<Session>('POST', '/api/session', {});
    expect(resumed.body.user).toMatchObject({ id: guest.session.user.id, isAnonymous: false });
  });

  test('by Google keeps id and socket; the code is good once, and for this guest alone', async () => {
    const guest = await chatting('hello');
    const begin = await guest.device.api<UpgradeAnswer>(
      'POST',
      '/api/session/upgrade',
      { method: 'google' },
      guest.token,
    );
    if (begin.body.status !== 'continue') throw new Error(JSON.stringify(begin.body));
    const back = await consent(begin.body.url, { email: address(), name: 'Gwen Guest' });
    expect(back.pathname).toBe('/auth/popup');
    const answer = { method: 'google', code: back.searchParams.get('code'), state: begin.body.state };

    const other = await newGuest();
    const stolen = await other.device.api<Problem>('POST', '/api/session/upgrade', answer, other.token);
    expect(stolen).toMatchObject({ status: 400, body: { code: 'link_cancelled' } });
  });

  test('by Google keeps id and socket, and has the name Google knows', async () => {
    const guest = await chatting('hello');
    const ask = (body: unknown) =>
      guest.device.api<Answered>('POST', '/api/session/upgrade', body, guest.token);
    const begin = await ask({ method: 'google' });
    if (begin.body.status !== 'continue') throw new Error(JSON.stringify(begin.body));
    const back = await consent(begin.body.url ?? '', { email: address(), name: 'Gwen Guest' });
    const answer = { method: 'google', code: back.searchParams.get('code'), state: begin.body.state };

    expect(await ask(answer)).toMatchObject({
      status: 200,
      body: {
        status: 'done',
        session: { user: { id: guest.session.user.id, isAnonymous: false, name: 'Gwen Guest' } },
      },
    });
    await guest.socket.next('conversation', (frame) => frame.conversation.visitor.name === 'Gwen Guest');
    expect(guest.socket.closed).toBeNull();
    expect(await ask(answer)).toMatchObject({ status: 400, body: { code: 'link_cancelled' } });
  });

  test('hears what is wrong: a taken address, a weak password, no address, somebody else’s Google account', async () => {
    const { email } = await registered();
    const guest = await newGuest();
    const ask = (body: unknown) =>
      guest.device.api<Answered>('POST', '/api/session/upgrade', body, guest.token);
    expect(await ask({ method: 'password', email, password: PASSWORD })).toMatchObject({
      status: 409,
      body: { code: 'email_taken' },
    });
    expect(await ask({ method: 'password', email: address(), password: 'short' })).toMatchObject({
      status: 422,
      body: { code: 'weak_password', detail: expect.stringContaining('6 characters') },
    });
    expect(await ask({ method: 'password', email: 'nobody', password: PASSWORD })).toMatchObject({
      status: 422,
      body: { code: 'invalid' },
    });

    const google = { email: address(), name: 'Wei Lin' };
    const first = await newGuest();
    const one = await first.device.api<UpgradeAnswer>(
      'POST',
      '/api/session/upgrade',
      { method: 'google' },
      first.token,
    );
    if (one.body.status !== 'continue') throw new Error(JSON.stringify(one.body));
    await consent(one.body.url, google);
    const two = await ask({ method: 'google' });
    const back = await consent(two.body.url ?? '', google);
    expect(back.searchParams.get('error_code')).toBe('identity_already_exists');
    const page = await guest.device.open(back.pathname + back.search);
    expect(page.html).toContain('identity_taken');
  });

  test('can’t, with a token whose session has ended', async () => {
    const guest = await newGuest();
    await guest.device.api('DELETE', '/api/session', undefined, guest.token);
    const asked = { method: 'password', email: address(), password: PASSWORD };
    expect(await guest.device.api<Problem>('POST', '/api/session/upgrade', asked, guest.token)).toMatchObject(
      { status: 401, body: { code: 'unauthorized' } },
    );
  });
});

describe('a guest who turns out to have an account', () => {
  test('signs in and brings the conversation along: history, socket, dedupe', async () => {
    const account = await registered();
    const guest = await chatting('Was this heard?');
    const { status, body } = await signIn(
      guest.device,
      { email: account.email, password: PASSWORD, bring: true },
      guest.token,
    );
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: 'done',
      brought: 1,
      session: { user: { id: account.session.user.id } },
    });
    const token = body.session?.accessToken;

    expect(await guest.socket.closeCode()).toBe(4403);
    expect(await openRoom(worker.wsUrl, guest.id, `ticket.${guest.ticket}`).closeCode()).toBe(4403);
    expect(await openRoom(worker.wsUrl, guest.id, `bearer.${guest.token}`).closeCode()).toBe(4404);
    // On the account's other device, too.
    expect((await list(account.device, account.token)).map((one) => one.id)).toEqual([guest.id]);
    const page = await account.device.api<MessagePage>(
      'GET',
      `/api/conversations/${guest.id}/messages`,
      undefined,
      account.token,
    );
    expect(page.body.messages.map((message) => message.text)).toContain('Was this heard?');

    // The guest's first message, sent again by the account: known, not doubled.
    const again = await guest.device.api<CreatedConversation>(
      'POST',
      '/api/conversations',
      { firstMessage: guest.first },
      token,
    );
    expect(again.body).toMatchObject({ conversation: { id: guest.id }, ack: { id: guest.first.id, seq: 1 } });
  });

  test('brings it by the cookie alone, as our own pages do', async () => {
    const account = await registered();
    const guest = await chatting('hello');
    const { body } = await signIn(guest.device, { email: account.email, password: PASSWORD, bring: true });
    expect(body).toMatchObject({ brought: 1 });
  });

  test('leaves it behind where that is not asked for', async () => {
    const account = await registered();
    const guest = await chatting('hello');
    const { body } = await signIn(guest.device, { email: account.email, password: PASSWORD }, guest.token);
    expect(body).toMatchObject({ brought: 0 });
    expect(await list(guest.device, body.session?.accessToken)).toEqual([]);
  });

  test('with a conversation open in both, has one open: the guest’s is closed as it comes', async () => {
    const account = await registered();
    await account.device.api(
      'POST',
      '/api/conversations',
      { firstMessage: { id: randomUUID(), text: 'mine' } },
      account.token,
    );
    const guest = await chatting('the guest’s');
    const { body } = await signIn(
      guest.device,
      { email: account.email, password: PASSWORD, bring: true },
      guest.token,
    );
    const conversations = await list(guest.device, body.session?.accessToken);
    expect(conversations.map((one) => [one.id === guest.id, one.status])).toEqual([
      [true, 'closed'],
      [false, 'waiting'],
    ]);
  });

  test('by Google, the same', async () => {
    const google = { email: address(), name: 'Wei Lin' };
    const ask = async (device: Device, body: Record<string, unknown>, token?: string) => {
      const begin = await signIn(device, { method: 'google' }, token);
      if (begin.body.status !== 'continue') throw new Error(JSON.stringify(begin.body));
      const back = await consent(begin.body.url ?? '', google);
      const code = back.searchParams.get('code');
      return signIn(device, { method: 'google', code, state: begin.body.state, ...body }, token);
    };
    const first = await ask(new Device(worker.url), {});
    const guest = await chatting('hello');
    const second = await ask(guest.device, { bring: true }, guest.token);
    expect(second.body).toMatchObject({ brought: 1, session: { user: first.body.session?.user } });
  });

  test('brings nothing with a session that has ended, with an account’s, or by an equal address', async () => {
    const account = await registered();
    const ended = await chatting('hello');
    await ended.device.api('DELETE', '/api/session', undefined, ended.token);
    const credentials = { email: account.email, password: PASSWORD, bring: true };
    expect((await signIn(ended.device, credentials, ended.token)).body).toMatchObject({ brought: 0 });

    const other = await registered();
    await other.device.api(
      'POST',
      '/api/conversations',
      { firstMessage: { id: randomUUID(), text: 'other' } },
      other.token,
    );
    expect((await signIn(other.device, credentials, other.token)).body).toMatchObject({ brought: 0 });
    expect(await list(other.device, other.token)).toHaveLength(1);
  });

  test('hears what is wrong, and stays the guest', async () => {
    const guest = await chatting('hello');
    const wrong = await signIn(
      guest.device,
      { email: address(), password: PASSWORD, bring: true },
      guest.token,
    );
    expect(wrong).toMatchObject({ status: 401, body: { code: 'wrong_credentials' } });
    const agent = { email: 'agent@wellchina.test', password: 'wellchina-agent', bring: true };
    expect(await signIn(guest.device, agent, guest.token)).toMatchObject({
      status: 403,
      body: { code: 'forbidden' },
    });
    expect(await list(guest.device, guest.token)).toHaveLength(1);
    expect((await guest.device.api<Session>('POST', '/api/session', {})).body.user.id).toBe(
      guest.session.user.id,
    );
  });
});

describe('a host page’s own session', () => {
  const claim = (device: Device, body: unknown, token?: string) =>
    device.api<ClaimAnswer & Problem>('POST', '/api/session/claim', body, token);

  test('takes the guest’s conversations, by cookie or by refresh token', async () => {
    const account = await registered();
    const one = await chatting('one');
    expect(await claim(one.device, {}, account.token)).toMatchObject({ status: 200, body: { brought: 1 } });
    const two = await chatting('two');
    const guestRefreshToken = two.device.cookie('__Host-wellchina-visitor');
    const elsewhere = new Device(worker.url);
    expect(await claim(elsewhere, { guestRefreshToken, accountToken: account.token })).toMatchObject({
      status: 200,
      body: { brought: 1 },
    });
    expect(await list(account.device, account.token)).toHaveLength(2);
    // The guest is gone with it: the next one is new.
    const next = await one.device.api<Session>('POST', '/api/session', {});
    expect(next.body.user.id).not.toBe(one.session.user.id);
  });

  test('takes nothing of a guest who has signed out, nor with an account’s token that has ended, nor as a guest', async () => {
    const account = await registered();
    const guest = await chatting('hello');
    const guestRefreshToken = guest.device.cookie('__Host-wellchina-visitor');
    const other = await chatting('another');
    expect(await claim(guest.device, {}, other.token)).toMatchObject({
      status: 403,
      body: { code: 'forbidden' },
    });
    await guest.device.api('DELETE', '/api/session', undefined, guest.token);
    expect(await claim(new Device(worker.url), { guestRefreshToken }, account.token)).toMatchObject({
      status: 403,
      body: { code: 'forbidden' },
    });
    await account.device.api('DELETE', '/api/session', undefined, account.token);
    expect(await claim(other.device, {}, account.token)).toMatchObject({
      status: 401,
      body: { code: 'unauthorized' },
    });
    expect(await claim(new Device(worker.url), {})).toMatchObject({ status: 401 });
    expect(await list(other.device, other.token)).toHaveLength(1);
  });
});
