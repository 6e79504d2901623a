import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { startWorker, type TestWorker } from '../support/worker.ts';

const backend = inject('backend');
let worker: TestWorker;

beforeAll(async () => {
  worker = await startWorker(backend);
});
afterAll(() => worker.stop());

const form = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(worker.url + path, {
    method: 'POST',
    redirect: 'manual',
    headers: { Origin: worker.url, ...headers },
    body: new URLSearchParams(fields),
  });

async function signIn(email: string, password: string): Promise<string> {
  const answer = await form('/agent/login', { email, password });
  expect(answer.status).toBe(302);
  return answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ');
}

test('only administrators see and change the list of websites', async () => {
  const Cookie = await signIn('agent@wellchina.test', 'wellchina-agent');
  expect((await fetch(`${worker.url}/agent/sites`, { headers: { Cookie } })).status).toBe(403);
  const origin = `https://${crypto.randomUUID()}.example`;
  expect((await form('/agent/sites', { intent: 'add', origin }, { Cookie })).status).toBe(403);
  expect((await form('/agent/sites', { intent: 'remove', id: crypto.randomUUID() }, { Cookie })).status).toBe(
    403,
  );
  const nobody = await form('/agent/sites', { intent: 'add', origin });
  expect([nobody.status, nobody.headers.get('location')?.split('?')[0]]).toEqual([302, '/agent/login']);
});

test('an administrator’s website is in the policy of the widget at once, and nowhere else', async () => {
  const Cookie = await signIn('admin@wellchina.test', 'wellchina-admin');
  const origin = `https://${crypto.randomUUID()}.example`;
  const policyOf = async (path: string) =>
    (await fetch(worker.url + path)).headers.get('content-security-policy') ?? '';
  expect(await policyOf('/widget')).not.toContain(origin);
  expect((await form('/agent/sites', { intent: 'add', origin, label: 'Shop' }, { Cookie })).status).toBe(200);
  expect(await policyOf('/widget')).toMatch(new RegExp(`frame-ancestors [^;]*${origin}`, 'u'));
  expect(await policyOf('/')).not.toContain(origin);
  expect((await form('/agent/sites', { intent: 'add', origin }, { Cookie })).status).toBe(409);
  // Another site's page can't do it with the administrator's cookies.
  for (const Origin of ['https://evil.example', 'null']) {
    const posted = await form(
      '/agent/sites',
      { intent: 'add', origin: 'https://evil.example' },
      { Cookie, Origin },
    );
    expect(posted.status).toBe(403);
  }
  expect(await policyOf('/widget')).not.toContain('evil.example');
});

test.each([
  ['https://evil.example; script-src *', 400],
  ['http://evil.example', 400],
  ['https://evil.example/x', 400],
  ['*', 400],
  ['', 400],
])('%j becomes no part of a header: %d', async (origin, status) => {
  const Cookie = await signIn('admin@wellchina.test', 'wellchina-admin');
  expect((await form('/agent/sites', { intent: 'add', origin }, { Cookie })).status).toBe(status);
});
