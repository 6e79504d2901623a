import { afterAll, beforeAll, expect, test } from 'vitest';
import { examples } from './google/page.ts';
import {
  type Choice,
  consentTo,
  follow,
  SITE,
  startTestAuth,
  type TestAuth,
  throughGoogle,
} from './testing.ts';

let auth: TestAuth;
/** Where addresses must be confirmed. */
let strict: TestAuth;

beforeAll(async () => {
  auth = await startTestAuth();
  strict = await startTestAuth({ autoconfirm: false });
});

afterAll(async () => {
  await auth.stop();
  await strict.stop();
});

const password = 'long enough';

/** The address a browser is sent to. */
async function start(on: TestAuth, queryParams: Record<string, string> = {}) {
  const { data } = await on
    .client()
    .auth.signInWithOAuth({ provider: 'google', options: { redirectTo: SITE, queryParams } });
  return data.url ?? '';
}

/** Signs in with Google and gives the user, or the error that the browser is sent back with. */
async function signIn(choice: Choice, on = auth) {
  const led = await throughGoogle(await start(on), choice);
  const token = led.fragment.access_token;
  const user = token ? (await on.client().auth.getUser(token)).data.user : null;
  return { led, user, error: led.fragment.error_code };
}

/** A signed-in client begins to link; returns where the browser ends. */
async function link(client: ReturnType<TestAuth['client']>, choice: Choice) {
  const { data, error } = await client.auth.linkIdentity({
    provider: 'google',
    options: { redirectTo: SITE },
  });
  if (error) throw error;
  return throughGoogle(data.url ?? '', choice);
}

test('the consent page says that it is not Google, needs no script and can be read aloud', async () => {
  const { url } = await follow(await start(auth, { login_hint: 'hint"><script>@example.test' }));
  const answer = await fetch(url);
  const html = await answer.text();
  expect(html).toContain('This is not Google.');
  expect(html).not.toMatch(/<script|https?:\/\/(?!127\.0\.0\.1)/);
  expect(html).toMatch(/<html lang="en">/);
  expect(html.match(/<input type="(?:text|email|radio|checkbox)"/g)).toHaveLength(6);
  expect(html.match(/<label>/g)).toHaveLength(6);
  expect(html).toMatch(/value="allow">Allow<.*value="deny" formnovalidate>Deny</s);
  expect(answer.headers.get('content-security-policy')).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
});

test('a mistake in the form is said on the page, and what was typed stays', async () => {
  const { url } = await follow(await start(auth));
  const body = new URLSearchParams({
    redirect_uri: url.searchParams.get('redirect_uri') ?? '',
    state: url.searchParams.get('state') ?? '',
    account: '',
    email: 'no address',
    name: 'Nora',
    decision: 'allow',
  });
  const answer = await fetch(url, { method: 'POST', body });
  const html = await answer.text();
  expect(answer.status).toBe(400);
  expect(html).toContain('role="alert"');
  expect(html).toContain('value="Nora"');
});

test('consent is given to our own callback alone', async () => {
  const { url } = await follow(await start(auth));
  url.searchParams.set('redirect_uri', 'https://evil.example/callback');
  expect((await fetch(url)).status).toBe(400);
  const body = new URLSearchParams({
    redirect_uri: 'https://evil.example',
    state: 'x',
    account: examples[0].email,
    decision: 'allow',
  });
  const answer = await fetch(url, { method: 'POST', body, redirect: 'manual' });
  expect([answer.status, answer.headers.get('location')]).toEqual([400, null]);
});

test('signing in makes an account with what Google knows', async () => {
  const email = auth.address();
  const { user, led } = await signIn({ email, name: 'Gwen Guest' });
  expect(led.fragment.provider_token).toBeTruthy();
  expect(user).toMatchObject({
    email,
    is_anonymous: false,
    app_metadata: { provider: 'google', providers: ['google'] },
    user_metadata: { full_name: 'Gwen Guest', email },
    identities: [
      {
        provider: 'google',
        identity_data: {
          iss: 'https://accounts.google.com',
          email,
          email_verified: true,
          full_name: 'Gwen Guest',
          name: 'Gwen Guest',
        },
      },
    ],
  });
  const data = user?.identities?.[0]?.identity_data;
  expect(data?.sub).toMatch(/^\d{21}$/);
  expect([data?.provider_id, user?.identities?.[0]?.id]).toEqual([data?.sub, data?.sub]);
  expect((await fetch(data?.avatar_url)).headers.get('content-type')).toBe('image/svg+xml');
  expect(user?.email_confirmed_at).toBeTruthy();
});

test('the same Google account is the same person the next time, with what is new', async () => {
  const email = auth.address();
  const first = await signIn({ email, name: 'Gwen' });
  const second = await signIn({ email, name: 'Gwendolyn' });
  expect(second.user).toMatchObject({ id: first.user?.id, user_metadata: { full_name: 'Gwendolyn' } });
  expect(second.user?.identities).toHaveLength(1);
});

test('an account with the address that Google has verified is the same person', async () => {
  const email = auth.address();
  const { data } = await auth.client().auth.signUp({ email, password });
  // Providers are told in the order of their coming.
  auth.pass(1);
  const { user } = await signIn({ email });
  expect(user?.id).toBe(data.user?.id);
  expect(user?.app_metadata.providers).toEqual(['email', 'google']);
  expect((await auth.client().auth.signInWithPassword({ email, password })).error).toBeNull();
});

test('an address Google has not verified leads into no account, even where addresses count as confirmed', async () => {
  const email = auth.address();
  const client = auth.client();
  await client.auth.signUp({ email, password });
  const { user, error } = await signIn({ email, verified: false });
  expect([user, error]).toEqual([null, 'provider_email_needs_verification']);
  expect((await client.auth.getUser()).data.user?.identities).toHaveLength(1);
});

test('who prepared an account with an address that is not theirs loses it to its owner', async () => {
  const email = strict.address();
  await strict.client().auth.signUp({ email, password });
  const { user } = await signIn({ email }, strict);
  expect(user?.identities?.map(({ provider }) => provider)).toEqual(['google']);
  expect((await strict.client().auth.signInWithPassword({ email, password })).error).toMatchObject({
    code: 'invalid_credentials',
  });
});

test("who links an account that merely claims somebody's address gets nothing of theirs", async () => {
  const victim = auth.address();
  const attacker = auth.client();
  const { data } = await attacker.auth.signUp({ email: auth.address(), password });
  await link(attacker, { email: victim, verified: false });
  expect((await attacker.auth.getUserIdentities()).data?.identities).toHaveLength(2);
  const { user } = await signIn({ email: victim });
  expect(user).toMatchObject({ email: victim });
  expect(user?.id).not.toBe(data.user?.id);
});

test('a new account with an unverified address waits for the mail', async () => {
  const email = strict.address();
  const { error, led } = await signIn({ email, verified: false }, strict);
  expect([error, led.fragment.error]).toEqual(['provider_email_needs_verification', 'access_denied']);
  expect((await follow((await strict.mail(email)).link ?? '')).fragment.access_token).toBeTruthy();
});

test('Deny, an old state, a used one and a strange one come back as errors, never with a session', async () => {
  const denied = await signIn({ deny: true });
  expect(denied.led.url.origin + denied.led.url.pathname).toBe(SITE);
  expect([denied.led.fragment, denied.led.query.error]).toEqual([
    { error: 'access_denied' },
    'access_denied',
  ]);

  const late = await start(auth);
  const { url } = await follow(late);
  auth.pass(301);
  const { query, url: back } = await throughGoogle(url.href);
  expect([query.error_code, back.pathname]).toEqual(['bad_oauth_state', '/']);

  const callback = `${auth.url}/auth/v1/callback`;
  expect((await follow(callback)).query.error_code).toBe('bad_oauth_callback');
  expect((await follow(`${callback}?state=x&code=y`)).query.error_code).toBe('bad_oauth_state');
  const unknown = `${callback}?state=${crypto.randomUUID()}&code=y`;
  expect((await follow(unknown)).query.error_code).toBe('bad_oauth_state');

  const fresh = (await follow(await start(auth))).url.searchParams.get('state');
  const forged = await follow(`${callback}?state=${fresh}&code=forged`);
  expect([forged.query.error, forged.query.error_code]).toEqual(['server_error', 'unexpected_failure']);
  expect(forged.fragment.access_token).toBeUndefined();
});

test("neither the state nor Google's answer is good for a second time", async () => {
  const client = auth.pkceClient();
  const { data } = await client.auth.signInWithOAuth({ provider: 'google', options: { redirectTo: SITE } });
  const back = new URL(await consentTo(data.url ?? '', { email: auth.address() }));
  const first = await follow(back.href);
  expect((await follow(back.href)).query.error_code).toBe('flow_state_already_used');
  const other = (await follow(await start(auth))).url.searchParams.get('state') ?? '';
  back.searchParams.set('state', other);
  expect((await follow(back.href)).query.error_code).toBe('unexpected_failure');
  expect((await client.auth.exchangeCodeForSession(first.query.code ?? '')).error).toBeNull();
});

test('what a caller adds to the query does not replace the state or the callback', async () => {
  const url = await start(auth, { state: 'mine', redirect_uri: 'https://evil.example', prompt: 'consent' });
  const consent = (await follow(url)).url.searchParams;
  expect(consent.get('state')).toMatch(/^[0-9a-f-]{36}$/);
  expect([consent.get('redirect_uri'), consent.get('prompt')]).toEqual([
    `${auth.url}/auth/v1/callback`,
    'consent',
  ]);
});

test('new accounts can be turned off, and Google too', async () => {
  const closed = await startTestAuth({ signups: false });
  expect((await signIn({ email: closed.address() }, closed)).led.fragment).toMatchObject({
    error: 'access_denied',
    error_code: 'signup_disabled',
  });
  await closed.stop();
  const without = await startTestAuth({ google: false });
  expect((await fetch(await start(without))).status).toBe(400);
  await without.stop();
  const other = await fetch(`${auth.url}/auth/v1/authorize?provider=github`);
  expect(await other.json()).toMatchObject({ error_code: 'validation_failed' });
});

test('a guest who links Google is a permanent user with the same id, and the session goes on', async () => {
  const client = auth.client();
  const guest = (await client.auth.signInAnonymously()).data.user;
  const email = auth.address();
  const { fragment } = await link(client, { email, name: 'Gwen' });
  expect(fragment.access_token).toBeTruthy();
  const { data } = await client.auth.refreshSession();
  expect(data.user).toMatchObject({
    id: guest?.id,
    is_anonymous: false,
    email,
    app_metadata: { provider: 'google', providers: ['google'] },
  });
  expect((await client.auth.getClaims()).data?.claims).toMatchObject({ is_anonymous: false });
  expect((await signIn({ email })).user?.id).toBe(guest?.id);
});

test('with PKCE, linking ends with a code', async () => {
  const client = auth.pkceClient();
  const guest = (await client.auth.signInAnonymously()).data.user;
  const { query } = await link(client, { email: auth.address() });
  const { data } = await client.auth.exchangeCodeForSession(query.code ?? '');
  expect(data.user).toMatchObject({ id: guest?.id, is_anonymous: false });
});

test('a Google account that is linked already is refused, and the guest stays a guest', async () => {
  const email = auth.address();
  await signIn({ email });
  const client = auth.client();
  await client.auth.signInAnonymously();
  expect((await link(client, { email })).query).toMatchObject({
    error_code: 'identity_already_exists',
    error_description: 'Identity is already linked to another user',
  });
  expect((await client.auth.getUser()).data.user?.is_anonymous).toBe(true);
});

test('a guest cannot take by Google an address that has an account', async () => {
  const email = auth.address();
  await auth.client().auth.signUp({ email, password });
  const client = auth.client();
  await client.auth.signInAnonymously();
  expect((await link(client, { email })).query.error_code).toBe('email_exists');
  expect((await client.auth.getUser()).data.user).toMatchObject({ is_anonymous: true, identities: [] });
});

test('a guest with an unverified address answers the mail first', async () => {
  const client = strict.client();
  const guest = (await client.auth.signInAnonymously()).data.user;
  const email = strict.address();
  expect((await link(client, { email, verified: false })).query.error_code).toBe('email_not_confirmed');
  expect((await client.auth.getUser()).data.user?.is_anonymous).toBe(true);
  await follow((await strict.mail(email)).link ?? '');
  expect((await client.auth.getUser()).data.user).toMatchObject({
    id: guest?.id,
    is_anonymous: false,
    email,
  });
});

test('an identity can be unlinked, never the last one or a stranger’s', async () => {
  const email = auth.address();
  const client = auth.client();
  await client.auth.signUp({ email, password });
  const only = (await client.auth.getUserIdentities()).data?.identities[0];
  if (!only) throw new Error('no identity');
  expect((await client.auth.unlinkIdentity(only)).error).toMatchObject({
    code: 'single_identity_not_deletable',
    status: 422,
  });
  await link(client, { email: auth.address() });
  const google = (await client.auth.getUserIdentities()).data?.identities.find(
    ({ provider }) => provider === 'google',
  );
  if (!google) throw new Error('not linked');
  const strange = { ...google, identity_id: crypto.randomUUID() };
  expect((await client.auth.unlinkIdentity(strange)).error).toMatchObject({ code: 'identity_not_found' });
  expect((await client.auth.unlinkIdentity(google)).error).toBeNull();
  const { data } = await client.auth.getUser();
  expect(data.user).toMatchObject({ email, app_metadata: { providers: ['email'] } });
});

test('linking and unlinking can be turned off, and linking needs a session', async () => {
  const off = await startTestAuth({ manualLinking: false });
  const client = off.client();
  await client.auth.signUp({ email: off.address(), password });
  const options = { redirectTo: SITE };
  expect((await client.auth.linkIdentity({ provider: 'google', options })).error).toMatchObject({
    code: 'manual_linking_disabled',
    status: 404,
  });
  await off.stop();
  const nobody = await auth.client().auth.linkIdentity({ provider: 'google', options });
  expect(nobody.error).toBeTruthy();
});
