import { randomUUID } from 'node:crypto';
import { attack, each, type Group } from '../attack.ts';
import type { Stage } from '../stage.ts';
import { elsewhere } from '../tools/elsewhere.ts';
import { cookiesOf, location, type Reply } from '../tools/http.ts';

const NASTY = [
  "'; drop table public.messages; --",
  "' or '1'='1",
  '$1::uuid',
  '%_\\',
  '{"query":"mutation{deleteAll}"}',
  '{"$ne":null}',
  '__proto__',
  '<img src=x onerror=alert(1)>',
  'a\r\nBcc: victim@attacks.test',
  'a\u0000b\ud800',
  '9'.repeat(400),
  'x'.repeat(9_000),
];

const shown = (text: string) => JSON.stringify(text).slice(0, 40);

/** Posts a form of one of our own pages. */
function submit(stage: Stage, path: string, fields: Record<string, string>, Cookie = ''): Promise<Reply> {
  return stage.http('POST', path, {
    headers: {
      'Content-Type': 'application/x-www-form-urlencoded',
      Origin: stage.worker.url,
      ...(Cookie ? { Cookie } : {}),
    },
    body: new URLSearchParams(fields).toString(),
  });
}

async function admin(stage: Stage) {
  const account = await stage.account({ agent: { role: 'admin' } });
  const reply = await submit(stage, '/agent/login', { email: account.email, password: account.password });
  return { ...account, cookie: cookiesOf(reply) };
}

/** Somebody who has signed in on the site. */
async function registered(stage: Stage) {
  const account = await stage.account();
  const reply = await submit(stage, '/login', { email: account.email, password: account.password });
  if (reply.status !== 302) throw new Error(`could not sign in: ${reply.status}`);
  return { ...account, cookie: cookiesOf(reply) };
}

const answered = ({ status }: Reply) => (status < 500 ? 'answered' : String(status));

export const fields: Group = {
  title: 'Fields and search boxes',
  attacks: [
    attack('SQL, GraphQL and markup in each filter of the audit log', '200, nothing found', async (stage) => {
      const { cookie } = await admin(stage);
      return each(
        ['person', 'action', 'conversation', 'from', 'to', 'before'].flatMap((name) =>
          NASTY.map((text) => ({ name, text })),
        ),
        async ({ name, text }) => {
          const reply = await stage.http('GET', `/agent/audit?${new URLSearchParams({ [name]: text })}`, {
            headers: { Cookie: cookie },
          });
          return `${reply.status}, ${/<img src=x/u.test(reply.text) ? 'markup' : 'nothing'} found`;
        },
        ({ name, text }) => `${name}=${shown(text)}`,
      );
    }),
    attack(
      'the same in each field of the team’s and the websites’ forms',
      'answered; role, places and websites as they were',
      async (stage) => {
        const { cookie } = await admin(stage);
        const member = await stage.account({ agent: {} });
        const save = { intent: 'save', member: member.id, name: 'M', role: 'agent', maxChats: '50' };
        const was = { 'was.name': 'M', 'was.role': 'agent', 'was.maxChats': '50' };
        const before = await stage.sql`select count(*)::int as sites from public.widget_sites`;
        const answer = await each(
          NASTY.flatMap((text) => [
            { path: '/agent/team', form: { ...save, ...was, member: text } },
            { path: '/agent/team', form: { ...save, ...was, name: text } },
            { path: '/agent/team', form: { ...save, ...was, role: text } },
            { path: '/agent/team', form: { ...save, ...was, maxChats: text } },
            { path: '/agent/team', form: { intent: text, member: member.id } },
            { path: '/agent/team', form: { intent: 'invite', role: 'agent', email: text } },
            { path: '/agent/team', form: { intent: 'resend', member: text } },
            { path: '/agent/sites', form: { intent: 'add', origin: text, label: text } },
            { path: '/agent/sites', form: { intent: 'remove', origin: text, site: text, id: text } },
          ]),
          async ({ path, form }) => answered(await submit(stage, path, form, cookie)),
          ({ path, form }) => `${path} ${JSON.stringify(form).slice(0, 40)}`,
        );
        const [row] =
          await stage.sql`select role, max_chats::int, active from public.chat_agents where id = ${member.id}`;
        const after = await stage.sql`select count(*)::int as sites from public.widget_sites`;
        const same = row?.role === 'agent' && row.max_chats === 50 && row.active === true;
        return `${answer}; ${same && after[0]?.sites === before[0]?.sites ? 'role, places and websites as they were' : JSON.stringify([row, after])}`;
      },
    ),
    attack(
      'the same in each field of the site’s forms: sign-in and sign-up, passwords, the account, mails’ links',
      'answered; the account as it was',
      async (stage) => {
        const { cookie, id, email } = await registered(stage);
        const credentials = { email: `${randomUUID()}@attacks.test`, password: 'correct horse battery' };
        const answer = await each(
          NASTY.flatMap((text) => [
            { path: '/login', form: { ...credentials, email: text }, by: '' },
            { path: '/login', form: { ...credentials, password: text }, by: '' },
            { path: '/login', form: { intent: text, bring: text }, by: '' },
            { path: '/signup', form: { ...credentials, email: text, fullName: 'M' }, by: '' },
            { path: '/forgot', form: { email: text }, by: '' },
            { path: '/reset', form: { password: text }, by: '' },
            { path: '/auth/confirm', form: { token_hash: text, type: 'email' }, by: '' },
            { path: '/auth/confirm', form: { token_hash: 'x', type: text }, by: '' },
            { path: '/account', form: { intent: text }, by: cookie },
            { path: '/account', form: { intent: 'email', email: text }, by: cookie },
            { path: '/account', form: { intent: 'password', current: text, password: text }, by: cookie },
            ...['phone', 'age', 'nationality', 'locale'].map((name) => ({
              path: '/account',
              form: { intent: 'profile', fullName: 'M', [name]: text },
              by: cookie,
            })),
          ]),
          async ({ path, form, by }) => answered(await submit(stage, path, form, by)),
          ({ path, form }) => `${path} ${JSON.stringify(form).slice(0, 40)}`,
        );
        const [row] = await stage.sql`select email, is_anonymous from auth.users where id = ${id}`;
        return `${answer}; ${row?.email === email && row.is_anonymous === false ? 'the account as it was' : JSON.stringify(row)}`;
      },
    ),
    attack('an open redirect behind the visitors’ sign-in', 'same site', async (stage) => {
      const { email, password, cookie } = await registered(stage);
      const where = (reply: Reply) => {
        const to = location(stage.worker.url, reply);
        return reply.status === 302 && to?.origin === stage.worker.url && !to.pathname.startsWith('//')
          ? 'same site'
          : `${reply.status} ${to}`;
      };
      return each(
        elsewhere(stage.worker.url),
        async (next) => {
          const path = `/login?next=${encodeURIComponent(next)}`;
          const signedIn = where(await submit(stage, path, { email, password }));
          // Whoever is signed in already is led on at once.
          const led = where(await stage.http('GET', path, { headers: { Cookie: cookie } }));
          return signedIn === led ? led : `${signedIn}, ${led}`;
        },
        shown,
      );
    }),
    attack(
      'pages about somebody, their refusals and redirects, kept by something in between',
      'never stored',
      async (stage) => {
        const [{ cookie }, desk, room] = [await registered(stage), await admin(stage), await stage.room()];
        const { token } = room.visitor;
        const replies: [string, Reply][] = [];
        const get = async (path: string, Cookie = '') =>
          replies.push([path, await stage.http('GET', path, Cookie ? { headers: { Cookie } } : {})]);
        for (const path of [
          '/account',
          '/account.data',
          `/account/conversations/${room.id}`,
          '/login',
          '/signup',
          '/reset',
          '/auth/callback?code=x',
          '/auth/popup?code=x',
          '/auth/confirm?token_hash=x&type=email',
        ])
          await get(path, cookie);
        for (const path of [
          '/agent',
          '/agent.data',
          '/agent/team',
          '/agent/audit',
          `/agent/conversations/${room.id}`,
          '/agent/nowhere',
          '/agent/login',
        ])
          await get(path, desk.cookie);
        for (const path of ['/account', '/agent', '/agent/team', '/api/conversations', '/api/nowhere'])
          await get(path);
        replies.push(
          ['wrong password', await submit(stage, '/agent/login', { email: 'a@b.test', password: 'x' })],
          ['wrong password, visitor', await submit(stage, '/login', { email: 'a@b.test', password: 'x' })],
          ['signing in', await submit(stage, '/agent/login', { email: desk.email, password: desk.password })],
          ['another’s', await stage.http('GET', `/api/conversations/${randomUUID()}/messages`, { token })],
          ['not allowed', await stage.act(token, room.id, 'accept')],
          ['invalid', await stage.http('GET', '/api/conversations?limit=x', { token })],
          ['signing out', await stage.http('DELETE', '/api/session', { token })],
        );
        const kept = replies.filter(([, { headers }]) => !/no-store/u.test(String(headers['cache-control'])));
        return kept.length === 0
          ? 'never stored'
          : kept
              .map(([what, { status, headers }]) => `${what} ${status} ${headers['cache-control']}`)
              .join(', ');
      },
    ),
  ],
};
