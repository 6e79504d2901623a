import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createClient } from '@supabase/supabase-js';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startTestBackend, type TestBackend } from '../testing.ts';
import { type RunningAuth, startSupabaseLocal } from './server.ts';
import type { AuthSettings } from './settings.ts';

let backend: TestBackend;
let stateDir: string;
let server: RunningAuth | null = null;

beforeAll(async () => {
  backend = await startTestBackend({ seed: false });
  stateDir = await mkdtemp(path.join(tmpdir(), 'wellchina-test-'));
});

afterEach(async () => {
  await server?.stop();
});

afterAll(async () => {
  await backend.stop();
  await rm(stateDir, { recursive: true, force: true });
});

/** A server with settings of its own on the same database. */
async function serve(settings: Partial<AuthSettings>, lines: string[] = []) {
  const options = { databaseUrl: backend.adminUrl, port: 0, stateDir, mailDir: stateDir };
  server = await startSupabaseLocal({
    ...options,
    settings: { bcryptCost: 4, ...settings },
    log: (line) => lines.push(line),
  });
  const { url, anonKey, serviceRoleKey } = server;
  const make = (key: string, headers: Record<string, string> = {}) =>
    createClient(url, key, { auth: { persistSession: false, autoRefreshToken: false }, global: { headers } })
      .auth;
  return {
    server,
    client: (headers?: Record<string, string>) => make(anonKey, headers),
    trusted: (headers?: Record<string, string>) => make(serviceRoleKey, headers),
  };
}

test('it says that it is a stand-in', async () => {
  const lines: string[] = [];
  await serve({}, lines);
  expect(lines.join()).toMatch(/stand-in \(development and tests only\)/);
});

test('keys and tokens outlive a restart, and only we can read the key', async () => {
  const first = await serve({});
  const { anonKey, serviceRoleKey } = first.server;
  const token = (await first.client().signInAnonymously()).data.session?.access_token;
  await first.server.stop();
  const second = await serve({});
  expect([second.server.anonKey, second.server.serviceRoleKey]).toEqual([anonKey, serviceRoleKey]);
  expect((await second.client().getUser(token)).error).toBeNull();
  expect((await stat(path.join(stateDir, 'keys.json'))).mode & 0o777).toBe(0o600);
});

test('guests can be turned off', async () => {
  const { client } = await serve({ anonymousSignIns: false });
  expect((await client().signInAnonymously()).error).toMatchObject({
    code: 'anonymous_provider_disabled',
    status: 422,
  });
});

test('new accounts can be turned off', async () => {
  const { client } = await serve({ signups: false });
  const credentials = { email: 'late@example.test', password: 'long enough' };
  expect((await client().signUp(credentials)).error).toMatchObject({ code: 'signup_disabled', status: 422 });
  expect((await client().signInAnonymously()).error).toMatchObject({ code: 'signup_disabled', status: 422 });
});

test('where addresses must be confirmed, sign-up signs nobody in and tells nobody who has an account', async () => {
  const { client, trusted } = await serve({ autoconfirm: false });
  const credentials = { email: 'to-confirm@example.test', password: 'long enough' };
  const { data } = await client().signUp(credentials);
  expect(data.session).toBeNull();
  expect(data.user?.confirmation_sent_at).toBeTruthy();
  expect((await client().signInWithPassword(credentials)).error).toMatchObject({
    code: 'email_not_confirmed',
  });
  await trusted().admin.updateUserById(data.user?.id ?? '', { email_confirm: true });
  const again = await client().signUp(credentials);
  expect(again.error).toBeNull();
  expect(again.data.user?.id).not.toBe(data.user?.id);
  expect(again.data.user?.identities).toEqual([]);
});

test('lifetime of access tokens and the length of passwords are settings', async () => {
  const { client } = await serve({ accessTokenLifetime: 60, passwordMinLength: 12 });
  expect((await client().signInAnonymously()).data.session?.expires_in).toBe(60);
  const { error } = await client().signUp({ email: 'x@example.test', password: 'long enough' });
  expect(error).toMatchObject({
    code: 'weak_password',
    message: 'Password should be at least 12 characters.',
  });
});

test('one address makes 30 guests an hour; two minutes later one more', async () => {
  let now = Date.now();
  const { client } = await serve({ anonymousPerHour: 30, now: () => now });
  const guests = async (number: number) => {
    const answers = await Promise.all(Array.from({ length: number }, () => client().signInAnonymously()));
    return answers.map(({ error }) => error);
  };
  const errors = await guests(31);
  expect(errors.filter((error) => error === null)).toHaveLength(30);
  expect(errors.find((error) => error !== null)).toMatchObject({
    code: 'over_request_rate_limit',
    status: 429,
    message: 'Request rate limit reached',
  });
  now += 121_000;
  expect((await guests(2)).map((error) => error?.code)).toEqual([undefined, 'over_request_rate_limit']);
});

test('the address a server names with the secret key counts; with the public key it does not', async () => {
  const { client, trusted } = await serve({ anonymousPerHour: 1 });
  const forwarded = (ip: string) => ({ 'Sb-Forwarded-For': ip });
  const code = async (auth: ReturnType<typeof client>) => (await auth.signInAnonymously()).error?.code;
  expect(await code(trusted(forwarded('203.0.113.1, 10.0.0.1')))).toBeUndefined();
  expect(await code(trusted(forwarded('203.0.113.1')))).toBe('over_request_rate_limit');
  expect(await code(trusted(forwarded('2001:db8::1')))).toBeUndefined();
  expect(await code(client(forwarded('203.0.113.2')))).toBeUndefined();
  expect(await code(client(forwarded('203.0.113.3')))).toBe('over_request_rate_limit');
  expect(await code(trusted(forwarded('not an address')))).toBe('over_request_rate_limit');
});
