import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestBackend, type TestBackend } from '../testing.ts';

let backend: TestBackend;
let sql: postgres.Sql;

beforeAll(async () => {
  backend = await startTestBackend({ seed: false });
  sql = postgres(backend.databaseUrl, { max: 2 });
});

afterAll(async () => {
  await sql.end();
  await backend.stop();
});

const users = () => backend.admin().auth.admin;
let count = 0;
async function person() {
  const email = `person${++count}@example.test`;
  const password = 'long enough';
  const { data } = await users().createUser({ email, password, email_confirm: true });
  return { id: data.user?.id ?? '', email, password };
}
const signIn = (who: { email: string; password: string }) => backend.client().auth.signInWithPassword(who);

test('a created user is as asked, and can sign in', async () => {
  const id = crypto.randomUUID();
  const { data, error } = await users().createUser({
    id,
    email: 'Made@example.test',
    password: 'long enough',
    email_confirm: true,
    user_metadata: { full_name: 'Made' },
    app_metadata: { team: 'red' },
  });
  expect(error).toBeNull();
  expect(data.user).toMatchObject({
    id,
    email: 'made@example.test',
    user_metadata: { full_name: 'Made', email_verified: true },
    app_metadata: { provider: 'email', providers: ['email'], team: 'red' },
    identities: [{ provider: 'email' }],
  });
  expect((await signIn({ email: 'made@example.test', password: 'long enough' })).error).toBeNull();
});

test('one that is not confirmed cannot sign in yet', async () => {
  const who = { email: 'unconfirmed@example.test', password: 'long enough' };
  const { data } = await users().createUser(who);
  expect((await signIn(who)).error).toMatchObject({ code: 'email_not_confirmed', status: 400 });
  await users().updateUserById(data.user?.id ?? '', { email_confirm: true });
  expect((await signIn(who)).error).toBeNull();
});

test('an address is given once', async () => {
  const { email, id } = await person();
  expect((await users().createUser({ email })).error).toMatchObject({ code: 'email_exists', status: 422 });
  const other = await person();
  expect((await users().updateUserById(other.id, { email })).error).toMatchObject({ code: 'email_exists' });
  expect((await users().updateUserById(id, { email })).error).toBeNull();
});

test('a user without an address is refused', async () => {
  expect((await users().createUser({ password: 'long enough' })).error).toMatchObject({
    code: 'validation_failed',
    status: 400,
  });
});

test('a change is seen at once: address, metadata, and a password that ends all sessions', async () => {
  const who = await person();
  const session = (await signIn(who)).data.session;
  const { data } = await users().updateUserById(who.id, {
    email: 'renamed@example.test',
    password: 'an other one',
    email_confirm: true,
    user_metadata: { full_name: 'Renamed' },
    app_metadata: { team: 'blue' },
  });
  expect(data.user).toMatchObject({
    email: 'renamed@example.test',
    user_metadata: { full_name: 'Renamed' },
    app_metadata: { provider: 'email', team: 'blue' },
    identities: [{ email: 'renamed@example.test' }],
  });
  expect((await backend.client().auth.getUser(session?.access_token)).error).toMatchObject({
    name: 'AuthSessionMissingError',
  });
  expect((await signIn({ email: 'renamed@example.test', password: 'an other one' })).error).toBeNull();
});

test('a banned user neither signs in nor refreshes, until the ban is lifted', async () => {
  const who = await person();
  const session = (await signIn(who)).data.session;
  const { data } = await users().updateUserById(who.id, { ban_duration: '24h' });
  const until = new Date((data.user as unknown as { banned_until: string }).banned_until).getTime();
  expect(Math.abs(until - Date.now() - 24 * 3_600_000)).toBeLessThan(60_000);
  expect((await signIn(who)).error).toMatchObject({ code: 'user_banned', status: 400 });
  const refreshed = await backend
    .client()
    .auth.refreshSession({ refresh_token: session?.refresh_token ?? '' });
  expect(refreshed.error).toMatchObject({ code: 'user_banned', status: 400 });
  await users().updateUserById(who.id, { ban_duration: 'none' });
  expect((await signIn(who)).error).toBeNull();
  expect((await users().updateUserById(who.id, { ban_duration: 'a while' })).error).toMatchObject({
    code: 'validation_failed',
  });
});

test('deleting takes the user with identities, sessions and tokens', async () => {
  const who = await person();
  await signIn(who);
  expect((await users().deleteUser(who.id)).error).toBeNull();
  const [left] = await sql`
    select (select count(*)::int from auth.users where id = ${who.id}) as users,
      (select count(*)::int from auth.identities where user_id = ${who.id}) as identities,
      (select count(*)::int from auth.sessions where user_id = ${who.id}) as sessions,
      (select count(*)::int from auth.refresh_tokens where user_id = ${who.id}) as tokens`;
  expect(left).toEqual({ users: 0, identities: 0, sessions: 0, tokens: 0 });
  expect((await users().getUserById(who.id)).error).toMatchObject({ code: 'user_not_found', status: 404 });
});

test('deleting softly keeps the row and nothing of the person, and frees the address', async () => {
  const who = await person();
  await users().deleteUser(who.id, true);
  const { data } = await users().getUserById(who.id);
  expect(data.user?.deleted_at).toBeTruthy();
  expect(data.user?.email).not.toContain('@');
  expect(JSON.stringify(data.user)).not.toContain(who.email);
  expect((await signIn(who)).error).toMatchObject({ code: 'invalid_credentials' });
  expect((await users().createUser({ email: who.email, password: who.password })).error).toBeNull();
});

test('the list comes in pages, newest first, with the total', async () => {
  await Promise.all([person(), person(), person()]);
  const [row] = await sql`select count(*)::int as total from auth.users`;
  const total = row?.total as number;
  const first = await users().listUsers({ page: 1, perPage: 2 });
  expect(first.data).toMatchObject({ total, nextPage: 2, aud: 'authenticated' });
  const second = await users().listUsers({ page: 2, perPage: 2 });
  const seen = [...first.data.users, ...second.data.users].map((user) => user.id);
  expect(new Set(seen).size).toBe(4);
  const last = await users().listUsers({ page: 1, perPage: 1000 });
  expect(last.data).toMatchObject({ nextPage: null, lastPage: 1 });
  expect(last.data.users).toHaveLength(total);
  expect(last.data.users.map((user) => user.id).slice(0, 4)).toEqual(seen);
});

test('an admin signs a person out with their token', async () => {
  const who = await person();
  const [one, two] = [await signIn(who), await signIn(who)];
  await users().signOut(one.data.session?.access_token ?? '', 'local');
  expect((await backend.client().auth.getUser(one.data.session?.access_token)).error).not.toBeNull();
  expect((await backend.client().auth.getUser(two.data.session?.access_token)).error).toBeNull();
});

test('nobody but the service role is let in', async () => {
  const who = await person();
  const asAnon = await backend.client().auth.admin.listUsers();
  expect(asAnon.error).toMatchObject({ code: 'not_admin', status: 403 });
  const token = (await signIn(who)).data.session?.access_token ?? '';
  const asPerson = await backend.client({ Authorization: `Bearer ${token}` }).auth.admin.deleteUser(who.id);
  expect(asPerson.error).toMatchObject({ code: 'not_admin', status: 403 });
  expect((await users().getUserById(who.id)).error).toBeNull();
});

test('an unknown id is not found', async () => {
  const id = crypto.randomUUID();
  expect((await users().getUserById(id)).error).toMatchObject({ code: 'user_not_found', status: 404 });
  expect((await users().deleteUser(id)).error).toMatchObject({ code: 'user_not_found', status: 404 });
  expect((await users().updateUserById(id, {})).error).toMatchObject({ code: 'user_not_found', status: 404 });
});
