import { createServer } from 'node:net';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestBackend, type TestBackend } from '../testing.ts';

let backend: TestBackend;

beforeAll(async () => {
  backend = await startTestBackend();
});

afterAll(() => backend.stop());

const agent = { email: 'agent@wellchina.test', password: 'wellchina-agent' };

/** Without supabase-js, which tries a refresh that is answered with 5xx for half a minute. */
async function refresh(token: string | undefined): Promise<[number, string | undefined]> {
  const answer = await fetch(`${backend.supabaseUrl}/auth/v1/token?grant_type=refresh_token`, {
    method: 'POST',
    headers: { apikey: backend.anonKey },
    body: JSON.stringify({ refresh_token: token }),
  });
  return [answer.status, ((await answer.json()) as { error_code?: string }).error_code];
}

test('it stops and starts on the same port, and sessions go on', async () => {
  const client = backend.client();
  const { data } = await client.auth.signInAnonymously();
  await backend.auth.stop();
  await backend.auth.stop();
  expect((await client.auth.getUser()).error).toMatchObject({ name: 'AuthRetryableFetchError', status: 0 });
  await backend.auth.restart();
  await backend.auth.restart();
  expect((await client.auth.getUser()).data.user?.id).toBe(data.user?.id);
  expect((await client.auth.refreshSession()).error).toBeNull();
});

test('stopping does not wait for a caller who holds the line', async () => {
  const held = fetch(`${backend.supabaseUrl}/auth/v1/signup`, {
    method: 'POST',
    headers: { apikey: backend.anonKey },
    body: new ReadableStream({ pull: () => new Promise(() => {}) }),
    duplex: 'half',
  } as RequestInit).catch(() => 'cut');
  const begun = performance.now();
  await backend.auth.stop();
  expect(performance.now() - begun).toBeLessThan(2000);
  expect(await held).toBe('cut');
  await backend.auth.restart();
});

test('a taken port keeps a restart from hiding somewhere else', async () => {
  await backend.auth.stop();
  const squatter = createServer().listen(backend.auth.port, '127.0.0.1');
  await new Promise((resolve) => squatter.once('listening', resolve));
  await expect(backend.auth.restart()).rejects.toMatchObject({ code: 'EADDRINUSE' });
  await new Promise((resolve) => squatter.close(resolve));
  await backend.auth.restart();
});

test('without Postgres it answers 500, and works again when Postgres is back', async () => {
  const client = backend.client();
  const { data } = await client.auth.signInAnonymously();
  for (let round = 0; round < 2; round++) {
    await backend.postgres.stop();
    const calls = await Promise.all([
      backend.client().auth.signInAnonymously(),
      backend.client().auth.signInWithPassword(agent),
      client.auth.getUser(),
    ]);
    for (const { error } of calls)
      expect(error).toMatchObject({ name: 'AuthRetryableFetchError', status: 500 });
    expect(await refresh(data.session?.refresh_token)).toEqual([500, 'unexpected_failure']);
    await backend.postgres.restart();
    expect((await client.auth.getUser()).data.user?.id).toBe(data.user?.id);
    expect((await backend.client().auth.signInWithPassword(agent)).error).toBeNull();
  }
  expect((await refresh(data.session?.refresh_token))[0]).toBe(200);
});

test('calls under way when Postgres is killed are answered, and nothing half is left', async () => {
  const calls = Array.from({ length: 30 }, () => backend.client().auth.signInAnonymously());
  await calls[0];
  process.kill(backend.postgres.pid, 'SIGQUIT');
  const answers = await Promise.all(calls);
  await backend.postgres.stop();
  await backend.postgres.restart();
  for (const { data, error } of answers) {
    if (error) expect(error).toMatchObject({ status: 500 });
    else expect((await backend.client().auth.getUser(data.session?.access_token)).error).toBeNull();
  }
  const sql = postgres(backend.databaseUrl, { max: 1 });
  const [row] = await sql`
    select count(*)::int as half from auth.users u
    where is_anonymous and not exists (
      select from auth.sessions s join auth.refresh_tokens t on t.session_id = s.id where s.user_id = u.id)`;
  await sql.end();
  expect(row?.half).toBe(0);
});

test('the error of a database says nothing of what was typed', async () => {
  const answer = await fetch(`${backend.supabaseUrl}/auth/v1/signup`, {
    method: 'POST',
    headers: { apikey: backend.anonKey },
    body: JSON.stringify({ data: { secret: 'typed\u0000this' } }),
  });
  expect(answer.status).toBe(500);
  expect(await answer.json()).toEqual({
    code: 500,
    error_code: 'unexpected_failure',
    msg: 'Unexpected failure, please check server logs for more information',
  });
});
