import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readMails } from '../mail.ts';
import { follow, SITE, startTestAuth, type TestAuth } from './testing.ts';

let auth: TestAuth;
/** The same, where addresses count as confirmed at once. */
let easy: TestAuth;

beforeAll(async () => {
  auth = await startTestAuth({ autoconfirm: false });
  easy = await startTestAuth();
});

afterAll(async () => {
  await auth.stop();
  await easy.stop();
});

const password = 'long enough';
const options = { emailRedirectTo: SITE };
const EXPIRED = {
  error: 'access_denied',
  error_code: 'otp_expired',
  error_description: 'Email link is invalid or has expired',
};

async function signUp(on = auth) {
  const email = on.address();
  const { data, error } = await on.client().auth.signUp({ email, password, options });
  expect(error).toBeNull();
  return { email, id: data.user?.id ?? '', mail: await on.mail(email).catch(() => null) };
}

async function confirmed(on = auth) {
  const { email, id, mail } = await signUp(on);
  if (mail) await follow(mail.link ?? '');
  const client = on.client();
  expect((await client.auth.signInWithPassword({ email, password })).error).toBeNull();
  return { email, id, client };
}

test('signing up sends a mail whose link confirms the address and signs in', async () => {
  const { email, id, mail } = await signUp();
  expect(mail).toMatchObject({ kind: 'confirmation', to: email, subject: 'Confirm your email address' });
  expect((await auth.client().auth.signInWithPassword({ email, password })).error).toMatchObject({
    code: 'email_not_confirmed',
  });
  const led = await follow(mail?.link ?? '');
  expect([led.status, led.url.origin + led.url.pathname]).toEqual([303, SITE]);
  expect(led.fragment).toMatchObject({ type: 'signup', token_type: 'bearer', expires_in: '3600' });
  const { data } = await auth.client().auth.setSession({
    access_token: led.fragment.access_token ?? '',
    refresh_token: led.fragment.refresh_token ?? '',
  });
  expect(data.user).toMatchObject({ id, email, identities: [{ identity_data: { email_verified: true } }] });
  expect(data.user?.email_confirmed_at).toBeTruthy();
  expect((await auth.client().auth.signInWithPassword({ email, password })).error).toBeNull();
});

test('a mail is a file a mail program opens, and one a program reads, with the link and the code in both bodies', async () => {
  const { mail } = await signUp();
  const name = (await readdir(auth.mailDir)).sort().findLast((file) => file.endsWith('.eml')) ?? '';
  const eml = await readFile(path.join(auth.mailDir, name), 'utf8');
  expect(eml).toContain(`To: ${mail?.to}\r\nSubject: Confirm your email address\r\n`);
  expect(eml).toContain('multipart/alternative');
  expect(eml).toContain(
    Buffer.from(mail?.text ?? '')
      .toString('base64')
      .slice(0, 76),
  );
  expect(mail?.token).toMatch(/^\d{6}$/);
  for (const body of [mail?.text, mail?.html]) expect(body).toContain(mail?.token);
  expect(mail?.text).toContain(mail?.link);
  expect(mail?.html).toContain(mail?.link?.replaceAll('&', '&amp;'));
});

test('a link works once', async () => {
  const { mail } = await signUp();
  expect((await follow(mail?.link ?? '')).fragment.access_token).toBeTruthy();
  expect((await follow(mail?.link ?? '')).fragment).toEqual(EXPIRED);
});

test('of many clicks at the same moment one signs in', async () => {
  const { mail } = await signUp();
  const led = await Promise.all(Array.from({ length: 8 }, () => follow(mail?.link ?? '')));
  expect(led.filter(({ fragment }) => fragment.access_token)).toHaveLength(1);
});

test('a link and a code are good for an hour', async () => {
  const { email, mail } = await signUp();
  auth.pass(3601);
  expect((await follow(mail?.link ?? '')).fragment).toEqual(EXPIRED);
  const late = await auth.client().auth.verifyOtp({ email, token: mail?.token ?? '', type: 'signup' });
  expect(late.error).toMatchObject({ code: 'otp_expired', status: 403 });
  expect((await auth.client().auth.resend({ type: 'signup', email, options })).error).toBeNull();
  expect((await follow((await auth.mail(email)).link ?? '')).fragment.access_token).toBeTruthy();
});

test.each(['email', 'signup'] as const)(
  'the code confirms, as %s, for its own address alone',
  async (type) => {
    const { email, id, mail } = await signUp();
    const verify = (to: string, token: string) => auth.client().auth.verifyOtp({ email: to, token, type });
    const token = mail?.token ?? '';
    const wrong = token === '000000' ? '000001' : '000000';
    for (const [to, code] of [
      [email, wrong],
      [auth.address(), token],
    ] as const) {
      expect((await verify(to, code)).error).toMatchObject({ code: 'otp_expired', status: 403 });
    }
    const { data, error } = await verify(email.toUpperCase(), token);
    expect(error).toBeNull();
    expect([data.user?.id, data.session?.user.id]).toEqual([id, id]);
    expect((await verify(email, token)).error).toMatchObject({ code: 'otp_expired' });
  },
);

test('what is kept of a code is a hash that says whose it is and until when', async () => {
  const { id, email, mail } = await signUp();
  const [row] = await auth.sql`select * from auth.one_time_tokens where user_id = ${id}`;
  expect(row).toMatchObject({
    token_type: 'confirmation_token',
    token_hash: mail?.tokenHash,
    relates_to: email,
  });
  expect(JSON.stringify(row)).not.toContain(mail?.token);
  await follow(mail?.link ?? '');
  expect(await auth.sql`select from auth.one_time_tokens where user_id = ${id}`).toHaveLength(0);
});

test('resend sends another mail, after a minute, and the first link works no more', async () => {
  const { email, mail } = await signUp();
  const resend = () => auth.client().auth.resend({ type: 'signup', email, options });
  expect((await resend()).error).toMatchObject({
    code: 'over_email_send_rate_limit',
    status: 429,
    message: 'For security purposes, you can only request this after 60 seconds.',
  });
  auth.pass(61);
  expect((await resend()).error).toBeNull();
  expect((await follow(mail?.link ?? '')).fragment).toEqual(EXPIRED);
  expect((await follow((await auth.mail(email)).link ?? '')).fragment.access_token).toBeTruthy();
});

test('resend and recovery tell nobody who has an account, and mail nobody who has none', async () => {
  const stranger = auth.address();
  expect((await auth.client().auth.resend({ type: 'signup', email: stranger })).error).toBeNull();
  expect((await auth.client().auth.resetPasswordForEmail(stranger)).error).toBeNull();
  expect(await readMails(auth.mailDir, { to: stranger })).toEqual([]);
});

test('recovery signs in by its link, so that a new password can be set', async () => {
  const { email } = await confirmed();
  await auth.client().auth.resetPasswordForEmail(email, { redirectTo: SITE });
  const mail = await auth.mail(email);
  expect(mail.kind).toBe('recovery');
  const { fragment } = await follow(mail.link ?? '');
  expect(fragment.type).toBe('recovery');
  const client = auth.client();
  const { access_token = '', refresh_token = '' } = fragment;
  await client.auth.setSession({ access_token, refresh_token });
  expect((await client.auth.updateUser({ password: 'a better one' })).error).toBeNull();
  const again = await auth.client().auth.signInWithPassword({ email, password: 'a better one' });
  expect(again.error).toBeNull();
});

test('a new password makes everything mailed before worthless', async () => {
  const { email, client } = await confirmed();
  await auth.client().auth.resetPasswordForEmail(email);
  await client.auth.updateUser({ password: 'a better one' });
  expect((await follow((await auth.mail(email)).link ?? '')).fragment).toEqual(EXPIRED);
});

test('signing in with a code makes the account when there is none, and signs in when there is one', async () => {
  for (const on of [auth, easy]) {
    const email = on.address();
    await on.client().auth.signInWithOtp({ email, options });
    const first = await on
      .client()
      .auth.verifyOtp({ email, token: (await on.mail(email)).token, type: 'email' });
    expect(first.error).toBeNull();
    on.pass(61);
    await on.client().auth.signInWithOtp({ email, options });
    const mail = await on.mail(email);
    expect(mail.kind).toBe('magic_link');
    const second = await on.client().auth.verifyOtp({ token_hash: mail.tokenHash ?? '', type: 'magiclink' });
    expect(second.data.user?.id).toBe(first.data.user?.id);
    expect(second.data.session?.access_token).toBeTruthy();
  }
});

test('without leave to make accounts, nobody unknown gets a code', async () => {
  const email = auth.address();
  const { error } = await auth.client().auth.signInWithOtp({ email, options: { shouldCreateUser: false } });
  expect(error).toMatchObject({ code: 'otp_disabled', status: 422, message: 'Signups not allowed for otp' });
});

test('a guest who gives an address stays a guest until the mail is answered, with the same id and session', async () => {
  const client = auth.client();
  const guest = (await client.auth.signInAnonymously()).data.user;
  const email = auth.address();
  const { data } = await client.auth.updateUser({ email }, options);
  expect(data.user).toMatchObject({ id: guest?.id, is_anonymous: true, new_email: email });
  const mail = await auth.mail(email);
  expect(mail.kind).toBe('email_change');
  expect(mail.link).toContain('type=email_change');
  const { fragment } = await follow(mail.link ?? '');
  expect(fragment).toMatchObject({ type: 'email_change' });
  await client.auth.refreshSession();
  const { data: now } = await client.auth.getUser();
  expect(now.user).toMatchObject({
    id: guest?.id,
    is_anonymous: false,
    email,
    app_metadata: { provider: 'email', providers: ['email'] },
  });
  expect((await client.auth.updateUser({ password })).error).toBeNull();
  const again = await auth.client().auth.signInWithPassword({ email, password });
  expect(again.data.user?.id).toBe(guest?.id);
});

test('of two who wait for the same address, the first to answer has it', async () => {
  const email = auth.address();
  const clients = [auth.client(), auth.client()] as const;
  const links: string[] = [];
  for (const client of clients) {
    await client.auth.signInAnonymously();
    await client.auth.updateUser({ email }, options);
    links.push((await auth.mail(email)).link ?? '');
  }
  expect((await follow(links[0] ?? '')).fragment.access_token).toBeTruthy();
  expect((await follow(links[1] ?? '')).fragment.error_code).toBe('email_exists');
  expect((await clients[1].auth.getUser()).data.user?.is_anonymous).toBe(true);
});

test("a permanent user's new address is confirmed from both mailboxes, in any order", async () => {
  for (const order of [0, 1]) {
    const { email, client, id } = await confirmed();
    const moved = auth.address();
    await client.auth.updateUser({ email: moved }, options);
    const links = [(await auth.mail(email)).link ?? '', (await auth.mail(moved)).link ?? ''];
    const half = await follow(links[order] ?? '');
    expect(half.fragment.message).toContain('Please proceed to confirm link sent to the other email');
    expect((await client.auth.getUser()).data.user).toMatchObject({ email, new_email: moved });
    expect((await follow(links[order] ?? '')).fragment).toEqual(EXPIRED);
    expect((await follow(links[1 - order] ?? '')).fragment.access_token).toBeTruthy();
    const { data } = await client.auth.getUser();
    expect(data.user).toMatchObject({ id, email: moved, identities: [{ identity_data: { email: moved } }] });
    expect(data.user?.new_email).toBeUndefined();
  }
});

test('the code halfway through a change of addresses says that the other mailbox is awaited', async () => {
  const { client } = await confirmed();
  const moved = auth.address();
  await client.auth.updateUser({ email: moved });
  const { data, error } = await auth
    .client()
    .auth.verifyOtp({ email: moved, token: (await auth.mail(moved)).token, type: 'email_change' });
  expect([data.session, error]).toEqual([null, null]);
});

test('reauthentication mails a code without a link, which an old session needs for a new password', async () => {
  const strict = await startTestAuth({ securePasswordChange: true, accessTokenLifetime: 1_000_000 });
  const { email, client } = await confirmed(strict);
  expect((await client.auth.updateUser({ password: 'fresh enough' })).error).toBeNull();
  strict.pass(86_401);
  expect((await client.auth.updateUser({ password: 'a better one' })).error).toMatchObject({
    code: 'reauthentication_needed',
    status: 400,
  });
  expect((await client.auth.reauthenticate()).error).toBeNull();
  const mail = await strict.mail(email);
  expect(mail).not.toHaveProperty('link');
  const change = (nonce: string) => client.auth.updateUser({ password: 'a better one', nonce });
  const wrong = mail.token === '000000' ? '000001' : '000000';
  expect((await change(wrong)).error).toMatchObject({ code: 'reauthentication_not_valid', status: 422 });
  expect((await change(mail.token)).error).toBeNull();
  await strict.stop();
});

test('guessing codes, and mailing without end, come to a limit', async () => {
  const strict = await startTestAuth({
    verificationsPerFiveMinutes: 3,
    emailsPerHour: 1,
    autoconfirm: false,
  });
  const guess = () =>
    strict.client().auth.verifyOtp({ email: 'x@example.test', token: '123456', type: 'email' });
  const codes = [];
  for (let n = 0; n < 4; n++) codes.push((await guess()).error?.code);
  expect(codes).toEqual(['otp_expired', 'otp_expired', 'otp_expired', 'over_request_rate_limit']);
  await signUp(strict);
  const { error } = await strict.client().auth.signUp({ email: strict.address(), password });
  expect(error).toMatchObject({ code: 'over_email_send_rate_limit', status: 429 });
  await strict.stop();
});

test('a banned person is not let in by a link', async () => {
  const { id, mail } = await signUp();
  await auth.admin().auth.admin.updateUserById(id, { ban_duration: '24h' });
  expect((await follow(mail?.link ?? '')).fragment).toMatchObject({
    error: 'access_denied',
    error_code: 'user_banned',
  });
});

test('what people type cannot break out of a mail', async () => {
  const email = `"<b>x</b>"@example.test`;
  expect((await auth.client().auth.signUp({ email, password })).error).toMatchObject({ status: 400 });
  const sneaky = await auth.client().auth.signInWithOtp({ email: 'a@example.test\r\nBcc: b@example.test' });
  expect(sneaky.error).toMatchObject({ code: 'validation_failed', status: 400 });
});
