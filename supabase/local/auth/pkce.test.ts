import { createBrowserClient, createServerClient } from '@supabase/ssr';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { follow, SITE, startTestAuth, type TestAuth, throughGoogle } from './testing.ts';

let auth: TestAuth;

beforeAll(async () => {
  auth = await startTestAuth({ autoconfirm: false });
});

afterAll(() => auth.stop());

const password = 'long enough';

/** A browser's cookies, which its pages and its server see alike. */
function cookieJar() {
  const jar = new Map<string, string>();
  return {
    jar,
    cookies: {
      getAll: () => [...jar].map(([name, value]) => ({ name, value })),
      setAll: (all: { name: string; value: string }[]) => {
        for (const { name, value } of all)
          if (value === '') jar.delete(name);
          else jar.set(name, value);
      },
    },
  };
}

function visitor() {
  const { jar, cookies } = cookieJar();
  return {
    jar,
    page: () => createBrowserClient(auth.url, auth.anonKey, { cookies, isSingleton: false }).auth,
    server: () => createServerClient(auth.url, auth.anonKey, { cookies }).auth,
  };
}

type Visitor = ReturnType<typeof visitor>;

describe('@supabase/ssr with cookies', () => {
  const ways: [string, (who: Visitor) => Promise<string>][] = [
    [
      'signing up',
      async (who) => {
        const email = auth.address();
        await who.page().signUp({ email, password, options: { emailRedirectTo: SITE } });
        return (await auth.mail(email)).link ?? '';
      },
    ],
    [
      'a sign-in link',
      async (who) => {
        const email = auth.address();
        await auth.admin().auth.admin.createUser({ email, email_confirm: true });
        await who.server().signInWithOtp({ email, options: { emailRedirectTo: SITE } });
        return (await auth.mail(email)).link ?? '';
      },
    ],
    [
      'recovery',
      async (who) => {
        const email = auth.address();
        await auth.admin().auth.admin.createUser({ email, email_confirm: true });
        await who.page().resetPasswordForEmail(email, { redirectTo: SITE });
        return (await auth.mail(email)).link ?? '';
      },
    ],
    [
      "a guest's address",
      async (who) => {
        const email = auth.address();
        await who.server().signInAnonymously();
        await who.server().updateUser({ email }, { emailRedirectTo: SITE });
        return (await auth.mail(email)).link ?? '';
      },
    ],
  ];

  test.each(ways)('%s: the link gives a code, the server makes a session of it', async (_, begin) => {
    const who = visitor();
    const link = await begin(who);
    const led = await follow(link);
    expect(led.url.hash).toBe('');
    expect(Object.keys(led.query)).toEqual(['code']);
    const { data, error } = await who.server().exchangeCodeForSession(led.query.code ?? '');
    expect(error).toBeNull();
    expect((await who.page().getUser()).data.user?.id).toBe(data.user?.id);
    expect([...who.jar.keys()].some((name) => name.includes('auth-token'))).toBe(true);
  });

  test('a sign-in with Google by popup: page begins, server ends', async () => {
    const who = visitor();
    const { data } = await who.page().signInWithOAuth({
      provider: 'google',
      options: { redirectTo: SITE, skipBrowserRedirect: true },
    });
    const email = auth.address();
    const led = await throughGoogle(data.url ?? '', { email, name: 'Gwen' });
    expect([led.status, led.url.origin + led.url.pathname]).toEqual([302, SITE]);
    const answer = await who.server().exchangeCodeForSession(led.query.code ?? '');
    expect(answer.error).toBeNull();
    expect(answer.data.user?.email).toBe(email);
    expect(answer.data.session?.provider_token).toBeTruthy();
  });

  test('the link works in another browser too, by its hash instead of the code', async () => {
    const email = auth.address();
    await visitor().page().signUp({ email, password });
    const { tokenHash = '' } = await auth.mail(email);
    expect(tokenHash).toMatch(/^pkce_/);
    const { data, error } = await visitor().server().verifyOtp({ token_hash: tokenHash, type: 'email' });
    expect([data.user?.email, error]).toEqual([email, null]);
  });

  test('the code in the mail works for either flow', async () => {
    const email = auth.address();
    await visitor().page().signUp({ email, password });
    const { token } = await auth.mail(email);
    expect((await visitor().page().verifyOtp({ email, token, type: 'email' })).error).toBeNull();
  });
});

async function exchange(code: string, verifier: string): Promise<[number, string | undefined]> {
  const answer = await fetch(`${auth.url}/auth/v1/token?grant_type=pkce`, {
    method: 'POST',
    headers: { apikey: auth.anonKey },
    body: JSON.stringify({ auth_code: code, code_verifier: verifier }),
  });
  return [answer.status, ((await answer.json()) as { error_code?: string }).error_code];
}

const verifier = 'v'.repeat(56);

/** By Google, with a challenge of our own. */
async function codeFor(challenge: string, method: string): Promise<string> {
  const query = new URLSearchParams({
    provider: 'google',
    redirect_to: SITE,
    code_challenge: challenge,
    code_challenge_method: method,
  });
  const led = await throughGoogle(`${auth.url}/auth/v1/authorize?${query}`, { email: auth.address() });
  return led.query.code ?? '';
}

const s256 = async (text: string) =>
  Buffer.from(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))).toString('base64url');

test.each([
  ['S256', () => s256(verifier)],
  ['s256', () => s256(verifier)],
  ['plain', async () => verifier],
])('a challenge by %s is answered by its verifier alone, and once', async (method, challenge) => {
  const code = await codeFor(await challenge(), method);
  expect(await exchange(code, 'w'.repeat(56))).toEqual([400, 'bad_code_verifier']);
  expect(await exchange(code, verifier)).toEqual([200, undefined]);
  expect(await exchange(code, verifier)).toEqual([404, 'flow_state_not_found']);
});

test('of two who bring the same code at once, one gets a session', async () => {
  const code = await codeFor(verifier, 'plain');
  const answers = await Promise.all([exchange(code, verifier), exchange(code, verifier)]);
  expect(answers.map(([status]) => status).sort()).toEqual([200, 404]);
});

test('a code is good for five minutes', async () => {
  const code = await codeFor(verifier, 'plain');
  auth.pass(301);
  expect(await exchange(code, verifier)).toEqual([422, 'flow_state_expired']);
});

test('a sign-in link may lie for an hour: the five minutes begin with the click', async () => {
  const client = auth.pkceClient();
  const email = auth.address();
  await auth.admin().auth.admin.createUser({ email, email_confirm: true });
  await client.auth.signInWithOtp({ email });
  auth.pass(3000);
  const { query } = await follow((await auth.mail(email)).link ?? '');
  expect((await client.auth.exchangeCodeForSession(query.code ?? '')).error).toBeNull();
});

test('a code nobody has been given yet opens nothing', async () => {
  const client = auth.pkceClient();
  const email = auth.address();
  await client.auth.signUp({ email, password });
  const [row] = await auth.sql`
    select auth_code from auth.flow_state join auth.users u on u.id = user_id where email = ${email}`;
  expect(await exchange(row?.auth_code, verifier)).toEqual([404, 'flow_state_not_found']);
  expect(await exchange('', verifier)).toEqual([400, 'validation_failed']);
});

test.each([
  ['half a challenge', { code_challenge: verifier }],
  ['a short one', { code_challenge: 'short', code_challenge_method: 's256' }],
  ['one of other characters', { code_challenge: `${verifier}$`, code_challenge_method: 's256' }],
  ['an unknown method', { code_challenge: verifier, code_challenge_method: 'md5' }],
])('%s is refused', async (_, challenge) => {
  const answer = await fetch(`${auth.url}/auth/v1/otp`, {
    method: 'POST',
    headers: { apikey: auth.anonKey },
    body: JSON.stringify({ email: auth.address(), ...challenge }),
  });
  expect([answer.status, await answer.json()]).toMatchObject([400, { error_code: 'validation_failed' }]);
});

test('an old link says so in the query as well, where a server can read it', async () => {
  const email = auth.address();
  await auth.pkceClient().auth.signUp({ email, password, options: { emailRedirectTo: `${SITE}?a=1` } });
  auth.pass(3601);
  const led = await follow((await auth.mail(email)).link ?? '');
  expect(led.query).toMatchObject({ a: '1', error: 'access_denied', error_code: 'otp_expired' });
  expect(led.fragment).toMatchObject({ error: 'access_denied', error_code: 'otp_expired' });
});
