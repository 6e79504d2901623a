import postgres from 'postgres';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startTestBackend, type TestBackend } from '../testing.ts';

/** The server's clock runs with the real one, plus what a test adds. */
let ahead = 0;
let backend: TestBackend;
let sql: postgres.Sql;

beforeAll(async () => {
  backend = await startTestBackend({ seed: false, settings: { now: () => Date.now() + ahead } });
  sql = postgres(backend.databaseUrl, { max: 2 });
});

afterAll(async () => {
  await sql.end();
  await backend.stop();
});

beforeEach(() => {
  ahead = 0;
});

const later = (seconds: number) => {
  ahead += seconds * 1000;
};

async function guest(): Promise<{ id: string; token: string }> {
  const { data } = await backend.client().auth.signInAnonymously();
  return { id: data.user?.id ?? '', token: data.session?.refresh_token ?? '' };
}

/** A refresh by a client of its own: the new refresh token, or the code of the refusal. */
async function refresh(token: string): Promise<string> {
  const { data, error } = await backend.client().auth.refreshSession({ refresh_token: token });
  return error ? `refused: ${error.code}` : (data.session?.refresh_token ?? '');
}

test('each refresh gives a new token, in the same session, for the same person', async () => {
  const client = backend.client();
  const first = (await client.auth.signInAnonymously()).data;
  const second = (await client.auth.refreshSession()).data;
  expect(second.user?.id).toBe(first.user?.id);
  expect(second.session?.refresh_token).not.toBe(first.session?.refresh_token);
  const [before, after] = await Promise.all(
    [first, second].map(
      async ({ session }) => (await client.auth.getClaims(session?.access_token)).data?.claims,
    ),
  );
  expect(after?.session_id).toBe(before?.session_id);
  expect(after?.amr).toEqual(before?.amr);
  const [row] =
    await sql`select refreshed_at, user_agent, ip from auth.sessions where id = ${after?.session_id ?? ''}`;
  expect(row?.refreshed_at).toBeInstanceOf(Date);
  expect(row?.ip).toBe('127.0.0.1');
});

test('a lost answer destroys nobody: the parent of the active token gives that token again, however late', async () => {
  const { token } = await guest();
  const lost = await refresh(token);
  later(24 * 3600);
  expect(await refresh(token)).toBe(lost);
  expect(await refresh(token)).toBe(lost);
  expect(await refresh(lost)).toMatch(/^[a-z2-7]{12}$/);
});

test('within the reuse interval an older token still gives a good one', async () => {
  const { token } = await guest();
  const second = await refresh(token);
  const third = await refresh(second);
  later(9);
  const again = await refresh(token);
  expect(again).toMatch(/^[a-z2-7]{12}$/);
  expect([token, second, third]).not.toContain(again);
});

test('an old token after the interval is a theft: the whole session ends', async () => {
  const { id, token } = await guest();
  const second = await refresh(token);
  const third = await refresh(second);
  later(11);
  expect(await refresh(token)).toBe('refused: refresh_token_already_used');
  const [row] =
    await sql`select count(*)::int as left from auth.refresh_tokens where user_id = ${id} and not revoked`;
  expect(row?.left).toBe(0);
  later(11);
  for (const each of [token, second, third])
    expect(await refresh(each)).toBe('refused: refresh_token_already_used');
});

test('a theft in one session leaves the other sessions alone', async () => {
  const email = 'two@example.test';
  const password = 'long enough';
  const mine = (await backend.client().auth.signUp({ email, password })).data.session?.refresh_token ?? '';
  const other =
    (await backend.client().auth.signInWithPassword({ email, password })).data.session?.refresh_token ?? '';
  await refresh(await refresh(mine));
  later(11);
  expect(await refresh(mine)).toBe('refused: refresh_token_already_used');
  expect(await refresh(other)).toMatch(/^[a-z2-7]{12}$/);
});

test('twenty refreshes at once with one token sign nobody out and make one successor', async () => {
  const { id, token } = await guest();
  const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(token)));
  expect(new Set(answers).size).toBe(1);
  const rows =
    await sql`select token, revoked, parent from auth.refresh_tokens where user_id = ${id} order by id`;
  expect([...rows]).toEqual([
    { token, revoked: true, parent: '' },
    { token: answers[0], revoked: false, parent: token },
  ]);
});

test('refresh and sign-out at once never leave a token behind', async () => {
  for (let round = 0; round < 5; round++) {
    const client = backend.client();
    const { data } = await client.auth.signInAnonymously();
    const token = data.session?.refresh_token ?? '';
    const answers = await Promise.all([refresh(token), client.auth.signOut(), refresh(token)]);
    expect(answers[1].error).toBeNull();
    const [row] =
      await sql`select count(*)::int as left from auth.refresh_tokens where user_id = ${data.user?.id ?? ''}`;
    expect(row?.left).toBe(0);
  }
});

test('a token nobody has given is not found', async () => {
  expect(await refresh('aaaaaaaaaaaa')).toBe('refused: refresh_token_not_found');
  expect(await refresh('x')).toBe('refused: refresh_token_not_found');
});

test('a session that has reached its end cannot be refreshed', async () => {
  const { id, token } = await guest();
  const admin = postgres(backend.adminUrl, { max: 1 });
  await admin`update auth.sessions set not_after = now() where user_id = ${id}`;
  await admin.end();
  later(1);
  expect(await refresh(token)).toBe('refused: session_expired');
});

test('an access token is refused when its hour is over, and the refresh token still works', async () => {
  const { data } = await backend.client().auth.signInAnonymously();
  later(3601);
  const user = await backend.client().auth.getUser(data.session?.access_token);
  expect(user.error).toMatchObject({ code: 'bad_jwt', status: 403 });
  expect(user.error?.message).toContain('token is expired');
  expect(await refresh(data.session?.refresh_token ?? '')).toMatch(/^[a-z2-7]{12}$/);
});
