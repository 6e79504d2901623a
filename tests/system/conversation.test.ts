import { randomUUID } from 'node:crypto';
import { createClient } from '@supabase/supabase-js';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type {
  ConversationList,
  CreatedConversation,
  MessagePage,
  Problem,
  Session,
} from '../../app/protocol/http.ts';
import type { Conversation } from '../../app/protocol/model.ts';
import { startWorker, type TestWorker } from '../support/worker.ts';
import { call, openLobby, openRoom } from './plain-client.ts';

let worker: TestWorker;
const backend = inject('backend');
const sql = postgres(backend.databaseUrl, { max: 1, onnotice: () => {} });

beforeAll(async () => {
  worker = await startWorker(backend);
});
afterAll(async () => {
  await worker.stop();
  await sql.end();
});

async function agentToken(email = 'agent@wellchina.test', password = 'wellchina-agent'): Promise<string> {
  const { data } = await createClient(backend.supabaseUrl, backend.anonKey).auth.signInWithPassword({
    email,
    password,
  });
  if (!data.session) throw new Error('the agent could not sign in');
  return data.session.access_token;
}

async function guest(): Promise<Session> {
  return (await call<Session>(worker.url, 'POST', '/api/session', { body: {} })).body;
}

async function startConversation(text: string, { accessToken }: Session) {
  const firstMessage = { id: randomUUID(), text };
  const answer = await call<CreatedConversation>(worker.url, 'POST', '/api/conversations', {
    token: accessToken,
    body: { context: { page: 'pricing' }, firstMessage },
  });
  return { ...answer, firstMessage, id: answer.body.conversation.id };
}

const closeAs = (token: string, id: string) =>
  call(worker.url, 'POST', `/api/conversations/${id}/close`, { token });

test('a program talks as a visitor, another answers as an agent, and Postgres holds it row for row', async () => {
  const visitor = await guest();
  expect(visitor.user.isAnonymous).toBe(true);
  const made = await startConversation('How much is a dental implant?', visitor);
  expect(made.status).toBe(201);
  expect(made.body.ack).toMatchObject({ id: made.firstMessage.id, seq: 1 });

  const asVisitor = await openRoom(worker.wsUrl, made.id, `bearer.${visitor.accessToken}`).opened();
  asVisitor.send({ t: 'hello', after: null });
  const welcome = await asVisitor.next('welcome');
  expect(welcome).toMatchObject({
    v: 1,
    you: { id: visitor.user.id, role: 'visitor' },
    epoch: 1,
    head: 2,
    gap: false,
    reset: false,
  });
  expect(welcome.messages.map(({ senderRole, event }) => event?.key ?? senderRole)).toEqual([
    'visitor',
    'queued',
  ]);

  const token = await agentToken();
  const lobby = openLobby(worker.wsUrl, token);
  const queue = await lobby.next('queue');
  expect(lobby.frames[0]?.t).toBe('queue');
  expect(queue.conversations.find(({ id }) => id === made.id)).toMatchObject({
    status: 'waiting',
    metadata: { page: 'pricing' },
    unread: { agent: 1, visitor: 0 },
    lastMessage: { kind: 'system' },
  });

  const accepted = await call<{ conversation: Conversation }>(
    worker.url,
    'POST',
    `/api/conversations/${made.id}/accept`,
    { token },
  );
  expect(accepted).toMatchObject({
    status: 200,
    body: { conversation: { status: 'active', agent: { name: 'Support One' } } },
  });
  await asVisitor.next('conversation', ({ conversation }) => conversation.status === 'active');
  await lobby.next(
    'conversation',
    ({ conversation }) => conversation.id === made.id && conversation.status === 'active',
  );

  const asAgent = await openRoom(worker.wsUrl, made.id, `bearer.${token}`).opened();
  asAgent.send({ t: 'hello', after: 2, epoch: welcome.epoch });
  expect((await asAgent.next('welcome')).messages.map(({ event }) => event?.key)).toEqual(['joined']);
  asAgent.send({ t: 'typing', on: true });
  expect((await asVisitor.next('typing')).who.name).toBe('Support One');
  const reply = randomUUID();
  asAgent.send({ t: 'send', id: reply, kind: 'text', text: 'From ¥8,000.' });
  const ack = await asAgent.next('ack');
  const { message } = await asVisitor.next('message', ({ message }) => message.senderRole === 'agent');
  expect(message).toMatchObject({
    seq: ack.seq,
    clientId: reply,
    text: 'From ¥8,000.',
    at: ack.at,
    senderName: 'Support One',
  });
  asVisitor.send({ t: 'read', seq: ack.seq });
  expect(await asAgent.next('read')).toEqual({ t: 'read', role: 'visitor', seq: ack.seq });

  expect((await closeAs(token, made.id)).status).toBe(200);
  await asVisitor.next('conversation', ({ conversation }) => conversation.status === 'closed');
  expect(await lobby.next('removed')).toEqual({ t: 'removed', id: made.id });

  const page = await call<MessagePage>(worker.url, 'GET', `/api/conversations/${made.id}/messages`, {
    token: visitor.accessToken,
  });
  await expect
    .poll(
      () =>
        sql`select head_seq::int as head, status, visitor_read_seq::int as read from conversations where id = ${made.id}`,
    )
    .toEqual([{ head: 5, status: 'closed', read: 4 }]);
  const rows =
    await sql`select seq::int, id, sender_role, content, client_id from messages where conversation_id = ${made.id} order by seq`;
  expect(rows.map((row) => ({ ...row }))).toEqual(
    page.body.messages.map(({ seq, id, senderRole, text, clientId }) => ({
      seq,
      id,
      sender_role: senderRole,
      content: text,
      client_id: clientId,
    })),
  );
  for (const socket of [asVisitor, asAgent, lobby]) socket.close();
});

test('a retry of the first message finds the same conversation and the same ack, even after it was closed', async () => {
  const visitor = await guest();
  const made = await startConversation('Hello', visitor);
  const again = () =>
    call<CreatedConversation>(worker.url, 'POST', '/api/conversations', {
      token: visitor.accessToken,
      body: { firstMessage: made.firstMessage },
    });
  expect(await again()).toMatchObject({
    status: 200,
    body: { conversation: { id: made.id }, ack: made.body.ack ?? {} },
  });
  await closeAs(visitor.accessToken, made.id);
  expect(await again()).toMatchObject({
    status: 200,
    body: { conversation: { id: made.id, status: 'closed' }, ack: made.body.ack ?? {} },
  });
});

test('eight first messages at once make one conversation, and every one of them is in it', async () => {
  const visitor = await guest();
  const made = await Promise.all(
    Array.from({ length: 8 }, (_, index) => startConversation(`Hello ${index}`, visitor)),
  );
  expect(new Set(made.map(({ id }) => id)).size).toBe(1);
  expect(made.filter(({ status }) => status === 201)).toHaveLength(1);
  expect(new Set(made.map(({ body }) => body.ack?.seq)).size).toBe(8);
});

test('a visitor who closes and writes again at once gets a new conversation', async () => {
  const visitor = await guest();
  const first = await startConversation('Hello', visitor);
  expect((await closeAs(visitor.accessToken, first.id)).status).toBe(200);
  const second = await startConversation('One more thing', visitor);
  expect(second.status).toBe(201);
  expect(second.id).not.toBe(first.id);
});

test('two agents accept at once: one has it, the other is told who', async () => {
  const visitor = await guest();
  const made = await startConversation('Anyone?', visitor);
  const tokens = [await agentToken(), await agentToken('agent2@wellchina.test', 'wellchina-agent2')];
  const answers = await Promise.all(
    tokens.map((token) =>
      call<Problem>(worker.url, 'POST', `/api/conversations/${made.id}/accept`, { token }),
    ),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  const refused = answers.find(({ status }) => status === 409);
  expect(refused?.headers.get('Content-Type')).toBe('application/problem+json');
  expect(refused?.body).toMatchObject({ code: 'conflict', conversation: { status: 'active' } });
  expect(refused?.body.detail).toMatch(/^Support (One|Two) has this conversation\.$/u);
  await closeAs(visitor.accessToken, made.id);
});

test('killed between two messages, the Worker comes back and goes on where it was', async () => {
  const visitor = await guest();
  const made = await startConversation('Before', visitor);
  const before = await openRoom(worker.wsUrl, made.id, `bearer.${visitor.accessToken}`).opened();
  before.send({ t: 'hello', after: null });
  const { ticket, epoch } = await before.next('welcome');
  const id = randomUUID();
  before.send({ t: 'send', id, kind: 'text', text: 'acked, then the lights go out' });
  const ack = await before.next('ack');
  await worker.kill();
  await worker.restart();

  const after = await openRoom(worker.wsUrl, made.id, `ticket.${ticket}`).opened();
  after.send({ t: 'hello', after: 2, epoch });
  expect((await after.next('welcome')).messages).toMatchObject([{ seq: ack.seq, clientId: id }]);
  after.send({ t: 'send', id, kind: 'text', text: 'acked, then the lights go out' });
  expect(await after.next('ack')).toEqual({ ...ack });
  after.send({ t: 'send', id: randomUUID(), kind: 'text', text: 'and on' });
  await after.next('ack', ({ seq }) => seq === ack.seq + 1);
  await expect
    .poll(
      () =>
        sql`select count(*)::int as n, max(seq)::int as head from messages where conversation_id = ${made.id}`,
      { timeout: 10_000 },
    )
    .toEqual([{ n: 4, head: 4 }]);
  after.close();
});

describe('refusals', () => {
  test('somebody else’s conversation and one that does not exist are the same 404, on HTTP and on sockets', async () => {
    const [owner, stranger] = await Promise.all([guest(), guest()]);
    const made = await startConversation('Private', owner);
    const ask = (id: string) =>
      call<Problem>(worker.url, 'GET', `/api/conversations/${id}/messages`, { token: stranger.accessToken });
    const theirs = await ask(made.id);
    expect(theirs).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect(theirs.body).toEqual((await ask(randomUUID())).body);
    expect((await ask('nonsense')).body).toEqual(theirs.body);
    for (const id of [made.id, randomUUID(), 'nonsense']) {
      expect(await openRoom(worker.wsUrl, id, `bearer.${stranger.accessToken}`).closeCode()).toBe(4404);
    }
    const listed = await call<ConversationList>(worker.url, 'GET', '/api/conversations', {
      token: stranger.accessToken,
    });
    expect(listed.body.conversations).toEqual([]);
  });

  test('no credential, a wrong one and a wrong room’s ticket are 4401; a guest at the lobby is 4403', async () => {
    const visitor = await guest();
    const made = await startConversation('Hi', visitor);
    const other = await startConversation('Hi', await guest());
    const room = await openRoom(worker.wsUrl, made.id, `bearer.${visitor.accessToken}`).opened();
    room.send({ t: 'hello', after: null });
    const { ticket } = await room.next('welcome');
    room.close();
    expect(await openRoom(worker.wsUrl, other.id, `ticket.${ticket}`).closeCode()).toBe(4401);
    expect(await openRoom(worker.wsUrl, made.id, 'bearer.nonsense').closeCode()).toBe(4401);
    expect(await openLobby(worker.wsUrl, visitor.accessToken).closeCode()).toBe(4403);
    expect((await call(worker.url, 'GET', '/api/conversations')).status).toBe(401);
  });

  test('a client of an unknown version is told 4409', async () => {
    const visitor = await guest();
    const made = await startConversation('Hi', visitor);
    const socket = new WebSocket(`${worker.wsUrl}/rooms/${made.id}`, [
      'wellchina.v0',
      `bearer.${visitor.accessToken}`,
    ]);
    const { promise, resolve } = Promise.withResolvers<number>();
    socket.addEventListener('close', ({ code }) => resolve(code));
    expect(await promise).toBe(4409);
  });

  test('signing out closes the sockets and voids the ticket', async () => {
    const visitor = await guest();
    const made = await startConversation('Hi', visitor);
    const room = await openRoom(worker.wsUrl, made.id, `bearer.${visitor.accessToken}`).opened();
    room.send({ t: 'hello', after: null });
    const { ticket } = await room.next('welcome');
    expect((await call(worker.url, 'DELETE', '/api/session', { token: visitor.accessToken })).status).toBe(
      204,
    );
    expect(await room.closeCode()).toBe(4401);
    expect(await openRoom(worker.wsUrl, made.id, `ticket.${ticket}`).closeCode()).toBe(4401);
  });

  test('what the API can’t take is named, and nothing is kept of it', async () => {
    const visitor = await guest();
    const send = (body: unknown) =>
      call<Problem>(worker.url, 'POST', '/api/conversations', { token: visitor.accessToken, body });
    expect(await send({ firstMessage: { id: 'x', text: 'Hi' } })).toMatchObject({
      status: 400,
      body: { code: 'invalid' },
    });
    expect(await send({ firstMessage: { id: randomUUID(), text: 'x'.repeat(4001) } })).toMatchObject({
      status: 413,
      body: { code: 'too_large' },
    });
    expect(await send({ firstMessage: { id: randomUUID(), text: 'nul \u0000' } })).toMatchObject({
      status: 400,
      body: { code: 'invalid' },
    });
    expect(await send({ pad: 'x'.repeat(70_000) })).toMatchObject({ status: 413 });
    expect((await call(worker.url, 'PUT', '/api/conversations', { token: visitor.accessToken })).status).toBe(
      405,
    );
    expect(await sql`select from conversations where visitor_id = ${visitor.user.id}`).toHaveLength(0);
  });
});
