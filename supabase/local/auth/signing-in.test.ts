import { createClient } from '@supabase/supabase-js';
import { decodeProtectedHeader } from 'jose';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestBackend, type TestBackend } from '../testing.ts';

let backend: TestBackend;
let sql: postgres.Sql;

beforeAll(async () => {
  backend = await startTestBackend();
  sql = postgres(backend.databaseUrl, { max: 2 });
});

afterAll(async () => {
  await sql.end();
  await backend.stop();
});

/** An answer's JSON. */
const body = async (answer: Response) => (await answer.json()) as Record<string, unknown>;

let count = 0;
const address = () => `person${++count}@example.test`;

test('a guest is signed in without a word', async () => {
  const client = backend.client();
  const { data, error } = await client.auth.signInAnonymously({ options: { data: { locale: 'ja' } } });
  expect(error).toBeNull();
  expect(data.user).toMatchObject({
    is_anonymous: true,
    email: '',
    role: 'authenticated',
    user_metadata: { locale: 'ja' },
  });
  expect(data.session?.expires_in).toBe(3600);
  expect((await client.auth.getUser()).data.user?.id).toBe(data.user?.id);
});

test("access tokens are ES256 with a hosted project's claims, verified by the published key", async () => {
  const client = backend.client();
  const { data } = await client.auth.signUp({ email: address(), password: 'long enough' });
  const claims = (await client.auth.getClaims()).data?.claims;
  expect(claims).toMatchObject({
    iss: `${backend.supabaseUrl}/auth/v1`,
    sub: data.user?.id,
    aud: 'authenticated',
    role: 'authenticated',
    email: data.user?.email,
    phone: '',
    is_anonymous: false,
    aal: 'aal1',
    amr: [{ method: 'password' }],
    app_metadata: { provider: 'email', providers: ['email'] },
    user_metadata: { email: data.user?.email, email_verified: true },
  });
  expect((claims?.exp ?? 0) - (claims?.iat ?? 0)).toBe(3600);
  const [session] = await sql`select user_id from auth.sessions where id = ${claims?.session_id ?? ''}`;
  expect(session?.user_id).toBe(data.user?.id);

  const keys = (await body(await fetch(`${backend.supabaseUrl}/auth/v1/.well-known/jwks.json`))).keys;
  const { kid, alg } = decodeProtectedHeader(data.session?.access_token ?? '');
  expect(alg).toBe('ES256');
  expect(keys).toMatchObject([{ kid, kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig' }]);
  expect(JSON.stringify(keys)).not.toContain('"d"');
});

test('sign-up makes an account with an email identity and signs it in', async () => {
  const email = address();
  const { data, error } = await backend.client().auth.signUp({
    email: email.toUpperCase(),
    password: 'long enough',
    options: { data: { full_name: 'Vera' } },
  });
  expect(error).toBeNull();
  expect(data.session?.refresh_token).toMatch(/^[a-z2-7]{12}$/);
  expect(data.user).toMatchObject({ email, is_anonymous: false, user_metadata: { full_name: 'Vera' } });
  expect(data.user?.identities).toMatchObject([
    { provider: 'email', id: data.user?.id, email, identity_data: { sub: data.user?.id, email } },
  ]);
  const [row] = await sql`select encrypted_password from auth.users where email = ${email}`;
  expect(row?.encrypted_password).toMatch(/^\$2[aby]\$/);
});

test('an address has one account', async () => {
  const email = address();
  await backend.client().auth.signUp({ email, password: 'long enough' });
  const { error } = await backend
    .client()
    .auth.signUp({ email: email.toUpperCase(), password: 'another one' });
  expect(error).toMatchObject({
    code: 'user_already_exists',
    status: 422,
    message: 'User already registered',
  });
});

test.each([
  ['a short password', { email: 'x@example.test', password: 'short' }, 'weak_password', 422],
  ['no password', { email: 'x@example.test', password: '' }, 'validation_failed', 400],
  ['73 bytes of password', { email: 'x@example.test', password: 'é'.repeat(37) }, 'validation_failed', 400],
  ['no address', { email: 'not an address', password: 'long enough' }, 'validation_failed', 400],
  ['a phone', { phone: '+441234567', password: 'long enough' }, 'phone_provider_disabled', 400],
])('sign-up with %s is refused', async (_, credentials, code, status) => {
  const { error } = await backend.client().auth.signUp(credentials as { email: string; password: string });
  expect(error).toMatchObject({ code, status });
});

test('a weak password is told with its reasons', async () => {
  const { error } = await backend.client().auth.signUp({ email: address(), password: 'short' });
  expect(error).toMatchObject({
    name: 'AuthWeakPasswordError',
    reasons: ['length'],
    message: 'Password should be at least 6 characters.',
  });
});

test('the right password signs in, whatever the case of the address', async () => {
  const { data, error } = await backend
    .client()
    .auth.signInWithPassword({ email: 'AGENT@wellchina.test', password: 'wellchina-agent' });
  expect(error).toBeNull();
  expect(data.user?.email).toBe('agent@wellchina.test');
});

test.each([
  ['a wrong password', 'agent@wellchina.test', 'wellchina-wrong'],
  ['an unknown address', 'nobody@example.test', 'wellchina-agent'],
])('%s and the other get the same answer', async (_, email, password) => {
  const { error } = await backend.client().auth.signInWithPassword({ email, password });
  expect(error).toMatchObject({
    code: 'invalid_credentials',
    status: 400,
    message: 'Invalid login credentials',
  });
});

test('a caller without the dated API version gets the first form of errors', async () => {
  const answer = await fetch(`${backend.supabaseUrl}/auth/v1/token?grant_type=password`, {
    method: 'POST',
    headers: { apikey: backend.anonKey },
    body: JSON.stringify({ email: 'nobody@example.test', password: 'x' }),
  });
  expect(await body(answer)).toEqual({
    code: 400,
    error_code: 'invalid_credentials',
    msg: 'Invalid login credentials',
  });
});

test('sign-out ends this session, the others, or all, as asked', async () => {
  const email = address();
  const password = 'long enough';
  await backend.client().auth.signUp({ email, password });
  const sessions = async () => {
    const clients = [backend.client(), backend.client(), backend.client()] as const;
    for (const client of clients) await client.auth.signInWithPassword({ email, password });
    const tokens = await Promise.all(
      clients.map(async (client) => (await client.auth.getSession()).data.session?.access_token ?? ''),
    );
    const alive = () =>
      Promise.all(tokens.map(async (token) => (await backend.client().auth.getUser(token)).error === null));
    return { clients, alive };
  };
  const local = await sessions();
  await local.clients[0].auth.signOut({ scope: 'local' });
  expect(await local.alive()).toEqual([false, true, true]);
  const others = await sessions();
  await others.clients[1].auth.signOut({ scope: 'others' });
  expect(await others.alive()).toEqual([false, true, false]);
  const global = await sessions();
  await global.clients[2].auth.signOut();
  expect(await global.alive()).toEqual([false, false, false]);
  expect(await others.alive()).toEqual([false, false, false]);
});

test('after sign-out the tokens are worth nothing', async () => {
  const client = backend.client();
  const { data } = await client.auth.signInAnonymously();
  await client.auth.signOut();
  const user = await backend.client().auth.getUser(data.session?.access_token);
  expect(user.error).toMatchObject({ name: 'AuthSessionMissingError' });
  const refreshed = await backend
    .client()
    .auth.refreshSession({ refresh_token: data.session?.refresh_token ?? '' });
  expect(refreshed.error).toMatchObject({ code: 'refresh_token_not_found', status: 400 });
});

test('a token somebody else signed, or none, is refused', async () => {
  const forged = await backend.client().auth.getUser('eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln');
  expect(forged.error).toMatchObject({ code: 'bad_jwt', status: 403 });
  const key = await backend.client().auth.getUser(backend.anonKey);
  expect(key.error).toMatchObject({ code: 'bad_jwt', message: 'invalid claim: missing sub claim' });
  const none = await fetch(`${backend.supabaseUrl}/auth/v1/user`, { headers: { apikey: backend.anonKey } });
  expect([none.status, (await body(none)).error_code]).toEqual([401, 'no_authorization']);
});

test('without an API key, or with a wrong one, nothing is answered', async () => {
  const none = await fetch(`${backend.supabaseUrl}/auth/v1/settings`);
  expect([none.status, (await body(none)).message]).toEqual([401, 'No API key found in request']);
  const wrong = await createClient(backend.supabaseUrl, 'wrong').auth.signInAnonymously();
  expect(wrong.error).toMatchObject({ status: 401, message: 'Invalid API key' });
});

test('nonsense is refused as bad_json, too much of it as too large', async () => {
  const post = (text: string) =>
    fetch(`${backend.supabaseUrl}/auth/v1/signup`, {
      method: 'POST',
      headers: { apikey: backend.anonKey },
      body: text,
    });
  for (const nonsense of ['', '{', '[]', 'null', '{"email":5}', '{"data":"text"}']) {
    const answer = await post(nonsense);
    expect([nonsense, answer.status, (await body(answer)).error_code]).toEqual([nonsense, 400, 'bad_json']);
  }
  expect((await post(JSON.stringify({ data: { a: 'x'.repeat(2 ** 20) } }))).status).toBe(413);
});

test('browsers of any origin may call, and read the paging headers', async () => {
  const answer = await fetch(`${backend.supabaseUrl}/auth/v1/signup`, {
    method: 'OPTIONS',
    headers: {
      origin: 'https://host.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'apikey',
    },
  });
  expect(answer.ok).toBe(true);
  expect(answer.headers.get('access-control-allow-origin')).toBe('*');
  expect(answer.headers.get('access-control-allow-methods')).toContain('PUT');
  expect(answer.headers.get('access-control-allow-headers')?.toLowerCase()).toContain('apikey');
});

test('health and settings say what there is', async () => {
  const get = async (what: string) =>
    (await fetch(`${backend.supabaseUrl}/auth/v1/${what}`, { headers: { apikey: backend.anonKey } })).json();
  expect(await get('health')).toMatchObject({ name: 'GoTrue' });
  expect(await get('settings')).toMatchObject({
    external: { anonymous_users: true, email: true },
    mailer_autoconfirm: true,
  });
});
