import { afterAll, beforeAll, expect, test } from 'vitest';
import { readMails } from '../mail.ts';
import { follow, SITE, startTestAuth, type TestAuth, throughGoogle } from './testing.ts';

let auth: TestAuth;

beforeAll(async () => {
  auth = await startTestAuth({ autoconfirm: false });
});

afterAll(() => auth.stop());

const password = 'long enough';
const generate = (params: Parameters<ReturnType<TestAuth['admin']>['auth']['admin']['generateLink']>[0]) =>
  auth.admin().auth.admin.generateLink(params);

async function account() {
  const email = auth.address();
  const { data } = await auth
    .admin()
    .auth.admin.createUser({ email, password, email_confirm: true, user_metadata: { a: 1 } });
  return { email, id: data.user?.id };
}

test('an invitation makes an account without a password, and its link opens it', async () => {
  const email = auth.address();
  const { data, error } = await auth
    .admin()
    .auth.admin.inviteUserByEmail(email, { redirectTo: SITE, data: { full_name: 'Anna Agent' } });
  expect(error).toBeNull();
  expect(data.user).toMatchObject({ email, user_metadata: { full_name: 'Anna Agent' } });
  expect(data.user?.invited_at).toBeTruthy();
  expect((await auth.client().auth.signInWithPassword({ email, password: '' })).error).toBeTruthy();
  const mail = await auth.mail(email);
  expect(mail).toMatchObject({ kind: 'invite', redirectTo: SITE });
  const { fragment } = await follow(mail.link ?? '');
  expect(fragment.type).toBe('invite');
  const client = auth.client();
  const { access_token = '', refresh_token = '' } = fragment;
  await client.auth.setSession({ access_token, refresh_token });
  expect((await client.auth.updateUser({ password })).data.user?.id).toBe(data.user?.id);
  expect((await auth.client().auth.signInWithPassword({ email, password })).error).toBeNull();
});

test('an invitation can be sent again until it is accepted; the earlier one works no more', async () => {
  const email = auth.address();
  const invite = () => auth.admin().auth.admin.inviteUserByEmail(email);
  const first = await invite();
  const { link = '' } = await auth.mail(email);
  expect((await invite()).data.user?.id).toBe(first.data.user?.id);
  expect((await follow(link)).fragment.error_code).toBe('otp_expired');
  const { tokenHash = '' } = await auth.mail(email);
  expect((await auth.client().auth.verifyOtp({ token_hash: tokenHash, type: 'invite' })).error).toBeNull();
  expect((await invite()).error).toMatchObject({ code: 'email_exists', status: 422 });
});

test('only the service role invites and makes links', async () => {
  const { error } = await auth.client().auth.admin.inviteUserByEmail(auth.address());
  expect(error).toMatchObject({ status: 403, code: 'not_admin' });
  const made = await auth.client().auth.admin.generateLink({ type: 'magiclink', email: auth.address() });
  expect(made.error).toMatchObject({ status: 403, code: 'not_admin' });
});

test.each(['magiclink', 'recovery'] as const)(
  'a %s link is made without a mail, with everything a mail would say',
  async (type) => {
    const { email, id } = await account();
    const { data, error } = await generate({ type, email, options: { redirectTo: SITE } });
    expect(error).toBeNull();
    expect(data.user?.id).toBe(id);
    expect(data.properties).toMatchObject({ verification_type: type, redirect_to: SITE });
    expect(data.properties?.email_otp).toMatch(/^\d{6}$/);
    expect(data.properties?.action_link).toContain(data.properties?.hashed_token);
    expect(await readMails(auth.mailDir, { to: email }).catch(() => [])).toEqual([]);
    const led = await follow(data.properties?.action_link ?? '');
    expect(led.fragment).toMatchObject({ type });
    expect(
      (await auth.client().auth.verifyOtp({ token_hash: data.properties?.hashed_token ?? '', type })).error,
    ).toMatchObject({ code: 'otp_expired' });
  },
);

test.each(['signup', 'invite'] as const)('a %s link makes the account', async (type) => {
  const email = auth.address();
  const { data } = await generate({ type, email, password, options: { data: { full_name: 'Lee' } } });
  expect(data.user).toMatchObject({ email, user_metadata: { full_name: 'Lee' } });
  const { error } = await auth
    .client()
    .auth.verifyOtp({ email, token: data.properties?.email_otp ?? '', type });
  expect(error).toBeNull();
  expect((await generate({ type, email, password })).error).toMatchObject({ code: 'email_exists' });
});

test('a sign-in link for nobody is a sign-up; a recovery for nobody is an error', async () => {
  const { data } = await generate({ type: 'magiclink', email: auth.address() });
  expect(data.properties?.verification_type).toBe('signup');
  expect((await generate({ type: 'recovery', email: auth.address() })).error).toMatchObject({
    code: 'user_not_found',
    status: 404,
  });
});

test('links for both sides of a change of addresses', async () => {
  const { email, id } = await account();
  const newEmail = auth.address();
  const current = await generate({ type: 'email_change_current', email, newEmail });
  const next = await generate({ type: 'email_change_new', email, newEmail });
  expect(current.data.properties?.verification_type).toBe('email_change_current');
  expect((await follow(current.data.properties?.action_link ?? '')).fragment.message).toBeTruthy();
  const { fragment } = await follow(next.data.properties?.action_link ?? '');
  const { data } = await auth.client().auth.getUser(fragment.access_token);
  expect(data.user).toMatchObject({ id, email: newEmail });
});

test('no link, no mail and no sign-in leads anywhere that is not allowed', async () => {
  const evil = 'https://evil.example/take';
  const site = 'http://localhost:8787/';
  const { email } = await account();
  const { data } = await generate({ type: 'magiclink', email, options: { redirectTo: evil } });
  expect(data.properties?.redirect_to).toBe('http://localhost:8787');

  const tampered = new URL(data.properties?.action_link ?? '');
  tampered.searchParams.set('redirect_to', evil);
  const led = await follow(tampered.href, { headers: { referer: evil } });
  expect(led.fragment.access_token).toBeTruthy();
  expect(led.url.origin + led.url.pathname).toBe(site);
  tampered.searchParams.set('token', 'unknown');
  expect((await follow(tampered.href)).url.href).toMatch(/^http:\/\/localhost:8787\/#error=/);

  auth.pass(61);
  await auth.client().auth.resetPasswordForEmail(email, { redirectTo: evil });
  expect((await auth.mail(email)).link).not.toContain('evil');

  const query = new URLSearchParams({ provider: 'google', redirect_to: evil });
  const back = await throughGoogle(`${auth.url}/auth/v1/authorize?${query}`, { email: auth.address() });
  expect(back.url.origin + back.url.pathname).toBe(site);
});

test('a page of the site that names no target is led back to', async () => {
  const { email } = await account();
  const { data } = await generate({ type: 'magiclink', email });
  const link = new URL(data.properties?.action_link ?? '');
  link.searchParams.delete('redirect_to');
  const referer = 'http://localhost:8787/account';
  expect((await follow(link.href, { headers: { referer } })).url.pathname).toBe('/account');
});
