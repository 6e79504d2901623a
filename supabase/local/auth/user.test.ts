import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestBackend, type TestBackend } from '../testing.ts';

let backend: TestBackend;

beforeAll(async () => {
  backend = await startTestBackend({ seed: false });
});

afterAll(() => backend.stop());

/** An answer's JSON. */
const body = async (answer: Response) => (await answer.json()) as Record<string, unknown>;

let count = 0;
async function account() {
  const email = `person${++count}@example.test`;
  const password = 'long enough';
  const client = backend.client();
  const { data } = await client.auth.signUp({ email, password });
  return { client, email, password, id: data.user?.id ?? '' };
}

test('a guest who gives address and password keeps the id and is a guest no more', async () => {
  const client = backend.client();
  const guest = (await client.auth.signInAnonymously()).data.user;
  const { data, error } = await client.auth.updateUser({
    email: 'Was-A-Guest@example.test',
    password: 'long enough',
  });
  expect(error).toBeNull();
  expect(data.user).toMatchObject({
    id: guest?.id,
    is_anonymous: false,
    email: 'was-a-guest@example.test',
    app_metadata: { provider: 'email', providers: ['email'] },
    identities: [{ provider: 'email', email: 'was-a-guest@example.test' }],
  });
  expect(data.user?.email_confirmed_at).toBeTruthy();
  await client.auth.refreshSession();
  expect((await client.auth.getClaims()).data?.claims).toMatchObject({ sub: guest?.id, is_anonymous: false });
  const again = await backend
    .client()
    .auth.signInWithPassword({ email: 'was-a-guest@example.test', password: 'long enough' });
  expect(again.data.user?.id).toBe(guest?.id);
});

test('a guest cannot take an address that has an account, and stays a guest', async () => {
  const { email } = await account();
  const client = backend.client();
  await client.auth.signInAnonymously();
  const { error } = await client.auth.updateUser({ email, password: 'long enough' });
  expect(error).toMatchObject({ code: 'email_exists', status: 422 });
  expect((await client.auth.getUser()).data.user?.is_anonymous).toBe(true);
});

test('a guest without an address has no password', async () => {
  const client = backend.client();
  await client.auth.signInAnonymously();
  const { error } = await client.auth.updateUser({ password: 'long enough' });
  expect(error).toMatchObject({ code: 'validation_failed', status: 422 });
});

test('a new password works, the old one does not, and the other sessions end', async () => {
  const { client, email, password } = await account();
  const other = backend.client();
  await other.auth.signInWithPassword({ email, password });
  expect((await client.auth.updateUser({ password: 'an other one' })).error).toBeNull();
  expect((await client.auth.getUser()).error).toBeNull();
  expect((await other.auth.getUser()).error).toMatchObject({ name: 'AuthSessionMissingError' });
  const old = await backend.client().auth.signInWithPassword({ email, password });
  expect(old.error).toMatchObject({ code: 'invalid_credentials' });
  expect(
    (await backend.client().auth.signInWithPassword({ email, password: 'an other one' })).error,
  ).toBeNull();
});

test('the same password again, or a weak one, is refused', async () => {
  const { client, password } = await account();
  expect((await client.auth.updateUser({ password })).error).toMatchObject({
    code: 'same_password',
    status: 422,
  });
  expect((await client.auth.updateUser({ password: 'short' })).error).toMatchObject({
    code: 'weak_password',
  });
});

test('metadata are merged, and null removes a key', async () => {
  const { client } = await account();
  await client.auth.updateUser({ data: { full_name: 'Vera', locale: 'ja' } });
  const { data } = await client.auth.updateUser({ data: { locale: null, age: 5 } });
  expect(data.user?.user_metadata).toMatchObject({ full_name: 'Vera', age: 5 });
  expect(data.user?.user_metadata).not.toHaveProperty('locale');
});

test("nobody gives themselves app_metadata or a role: it's the server's", async () => {
  const { client } = await account();
  const token = (await client.auth.getSession()).data.session?.access_token;
  const answer = await fetch(`${backend.supabaseUrl}/auth/v1/user`, {
    method: 'PUT',
    headers: { apikey: backend.anonKey, authorization: `Bearer ${token}` },
    body: JSON.stringify({ app_metadata: { admin: true }, role: 'service_role' }),
  });
  expect([answer.status, (await body(answer)).error_code]).toEqual([403, 'not_admin']);
});

test("a permanent user's new address waits for its mail", async () => {
  const { client, email } = await account();
  const { data } = await client.auth.updateUser({ email: 'moved@example.test' });
  expect(data.user).toMatchObject({ email, new_email: 'moved@example.test' });
});

test('a deleted person is told so', async () => {
  const { client, id } = await account();
  await backend.admin().auth.admin.deleteUser(id);
  expect((await client.auth.getUser()).error).toMatchObject({ code: 'user_not_found', status: 403 });
});
