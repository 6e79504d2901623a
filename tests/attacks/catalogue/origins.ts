import { attack, each, type Group } from '../attack.ts';
import type { Stage } from '../stage.ts';
import { elsewhere } from '../tools/elsewhere.ts';
import { cookiesOf, location, said } from '../tools/http.ts';
import { strangers } from '../tools/strangers.ts';

const form = (values: Record<string, string>) => new URLSearchParams(values).toString();
const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };

/** An agent who has signed in at the desk: their cookie. */
async function signedIn(stage: Stage) {
  const agent = await stage.account({ agent: {} });
  const body = form({ email: agent.email, password: agent.password });
  const reply = await stage.http('POST', '/agent/login', {
    headers: { ...FORM, Origin: stage.worker.url },
    body,
  });
  if (reply.status !== 302) throw new Error(`could not sign in: ${reply.status}`);
  return { ...agent, cookie: cookiesOf(reply) };
}

const seesDesk = async (stage: Stage, Cookie: string) =>
  (await stage.http('GET', '/agent', { headers: { Cookie } })).status === 200
    ? 'still signed in'
    : 'signed out';

export const origins: Group = {
  title: 'From where',
  attacks: [
    attack(
      'a socket from another origin: null, look-alikes, other ports and schemes',
      '403',
      async (stage) => {
        const room = await stage.room();
        return each(strangers(stage.worker.url), (Origin) =>
          stage.dial(`/rooms/${room.id}`, { bearer: room.visitor.token, headers: { Origin } }).hello(),
        );
      },
    ),
    attack('the lobby’s socket from another origin, with an agent’s cookie', '403', async (stage) => {
      const { cookie } = await signedIn(stage);
      return each(strangers(stage.worker.url), (Origin) =>
        stage.dial('/lobby', { headers: { Origin, Cookie: cookie } }).opening(),
      );
    }),
    attack('a socket without an origin but with a cookie', '403', async (stage) => {
      const [room, { cookie }] = [await stage.room(), await signedIn(stage)];
      return each(
        [
          { path: `/rooms/${room.id}`, dial: { bearer: room.visitor.token, headers: { Cookie: 'a=b' } } },
          { path: `/rooms/${room.id}`, dial: { headers: { Cookie: cookie } } },
          { path: '/lobby', dial: { headers: { Cookie: cookie } } },
          { path: '/lobby', dial: {} },
        ],
        ({ path, dial }) => stage.dial(path, dial).opening(),
        ({ path }) => path,
      );
    }),
    attack('POST /api/session from another origin', '403 forbidden, no cookie', (stage) =>
      each(strangers(stage.worker.url), async (Origin) => {
        const reply = await stage.http('POST', '/api/session', { headers: { Origin }, body: {} });
        return `${said(reply)}, ${reply.headers['set-cookie'] ? 'a cookie' : 'no cookie'}`;
      }),
    ),
    attack(
      'POST and DELETE /api/session without an origin but with a cookie',
      '403 forbidden',
      async (stage) => {
        const cookie = cookiesOf(await stage.http('POST', '/api/session', { body: {} }));
        return each(['POST', 'DELETE'], async (method) =>
          said(await stage.http(method, '/api/session', { headers: { Cookie: cookie } })),
        );
      },
    ),
    attack('the API with an agent’s cookie from another origin', '403 forbidden', async (stage) => {
      const [room, { cookie }] = [await stage.room(), await signedIn(stage)];
      return each(strangers(stage.worker.url), async (Origin) => {
        const list = await stage.http('GET', '/api/conversations', { headers: { Origin, Cookie: cookie } });
        const accept = await stage.http('POST', `/api/conversations/${room.id}/accept`, {
          headers: { Origin, Cookie: cookie },
        });
        return said(list) === said(accept) ? said(list) : `${said(list)}, ${said(accept)}`;
      });
    }),
    attack(
      'the API with an agent’s cookie and no origin, as an old form would post',
      '403 forbidden',
      async (stage) => {
        const [room, { cookie }] = [await stage.room(), await signedIn(stage)];
        return each(['accept', 'close'], async (action) =>
          said(
            await stage.http('POST', `/api/conversations/${room.id}/${action}`, {
              headers: { Cookie: cookie, 'Sec-Fetch-Site': 'cross-site' },
            }),
          ),
        );
      },
    ),
    attack('another site reads an answer: CORS', 'no permission given', async (stage) => {
      const { token } = await stage.guest();
      const Origin = 'https://evil.test';
      const replies = [
        await stage.http('OPTIONS', '/api/session', {
          headers: { Origin, 'Access-Control-Request-Method': 'POST' },
        }),
        await stage.http('GET', '/api/conversations', { token, headers: { Origin } }),
        await stage.http('GET', '/healthz', { headers: { Origin } }),
        await stage.http('GET', '/agent', { headers: { Origin } }),
      ];
      return replies.some(({ headers }) => headers['access-control-allow-origin'])
        ? 'permission given'
        : 'no permission given';
    }),
    attack(
      'CSRF: a login posted from another site, with the right password',
      '403, no cookie',
      async (stage) => {
        const { email, password } = await stage.account({ agent: {} });
        return each(strangers(stage.worker.url), async (Origin) => {
          const reply = await stage.http('POST', '/agent/login', {
            headers: { ...FORM, Origin },
            body: form({ email, password }),
          });
          return `${reply.status}, ${reply.headers['set-cookie'] ? 'a cookie' : 'no cookie'}`;
        });
      },
    ),
    attack('CSRF: a login, logout, refresh without an origin', '403', async (stage) => {
      const { cookie, email, password } = await signedIn(stage);
      return each(
        ['/agent/login', '/agent/logout', '/agent/refresh', '/agent/login.data', '/agent/logout.data'],
        async (path) =>
          String(
            (
              await stage.http('POST', path, {
                headers: { ...FORM, Cookie: cookie },
                body: form({ email, password }),
              })
            ).status,
          ),
      );
    }),
    attack('CSRF: a logout posted from another site', '403; still signed in', async (stage) => {
      const { cookie } = await signedIn(stage);
      const answer = await each(strangers(stage.worker.url), async (Origin) =>
        String(
          (
            await stage.http('POST', '/agent/logout', {
              headers: { ...FORM, Origin, Cookie: cookie },
              body: '',
            })
          ).status,
        ),
      );
      return `${answer}; ${await seesDesk(stage, cookie)}`;
    }),
    attack('CSRF: a logout by a link', '302 to /agent; still signed in', async (stage) => {
      const { cookie } = await signedIn(stage);
      const reply = await stage.http('GET', '/agent/logout', { headers: { Cookie: cookie } });
      return `${reply.status} to ${reply.headers.location}; ${await seesDesk(stage, cookie)}`;
    }),
    attack('an open redirect behind the login', 'same site, under /agent', async (stage) => {
      const { email, password } = await stage.account({ agent: {} });
      return each(
        elsewhere(stage.worker.url),
        async (next) => {
          const reply = await stage.http('POST', `/agent/login?next=${encodeURIComponent(next)}`, {
            headers: { ...FORM, Origin: stage.worker.url },
            body: form({ email, password }),
          });
          const to = location(stage.worker.url, reply);
          const fine =
            reply.status === 302 &&
            to?.origin === stage.worker.url &&
            /^\/agent(?:\/|$)/u.test(to.pathname) &&
            to.pathname !== '/agent/logout';
          return fine ? 'same site, under /agent' : `${reply.status} ${to}`;
        },
        JSON.stringify,
      );
    }),
    attack('the desk put into a frame', 'frame-ancestors none', async (stage) => {
      const { cookie } = await signedIn(stage);
      return each(['/agent', '/agent/login', '/', '/agent/conversations/x', '/nowhere'], async (path) => {
        const { headers } = await stage.http(
          'GET',
          path,
          path === '/agent/login' ? {} : { headers: { Cookie: cookie } },
        );
        return /(?:^|;)\s*frame-ancestors 'none'(?:;|$)/u.test(String(headers['content-security-policy']))
          ? 'frame-ancestors none'
          : `${path} may be framed`;
      });
    }),
    attack(
      'the admins’ pages by an agent who is none: team, websites, audit log, looked at and written to',
      '403; nothing changed',
      async (stage) => {
        const { cookie, id } = await signedIn(stage);
        const headers = { ...FORM, Origin: stage.worker.url, Cookie: cookie };
        const posts: [string, Record<string, string>][] = [
          ['/agent/team', { intent: 'invite', email: 'mallory@attacks.test', role: 'admin' }],
          ['/agent/team', { intent: 'save', member: id, name: 'M', role: 'admin', maxChats: '9' }],
          ['/agent/team', { intent: 'deactivate', member: id }],
          ['/agent/team.data', { intent: 'deactivate', member: id }],
          ['/agent/sites', { intent: 'add', origin: 'https://evil.test' }],
        ];
        const answers = new Set<number>();
        for (const path of [
          '/agent/team',
          '/agent/sites',
          '/agent/audit',
          '/agent/audit?person=x',
          '/agent/team.data',
        ])
          answers.add((await stage.http('GET', path, { headers: { Cookie: cookie } })).status);
        for (const [path, fields] of posts)
          answers.add((await stage.http('POST', path, { headers, body: form(fields) })).status);
        const [row] = await stage.sql`select role, active from public.chat_agents where id = ${id}`;
        const [site] = await stage.sql`select 1 from public.widget_sites where origin = 'https://evil.test'`;
        const same = row?.role === 'agent' && row.active === true && !site;
        return `${[...answers].join()}; ${same ? 'nothing changed' : JSON.stringify([row, site])}`;
      },
    ),
    attack('personal answers kept by something in between', 'never stored', async (stage) => {
      const room = await stage.room();
      const { token } = room.visitor;
      const { cookie } = await signedIn(stage);
      const replies = [
        await stage.http('POST', '/api/session', { body: {} }),
        await stage.http('GET', '/api/conversations', { token }),
        await stage.http('GET', `/api/conversations/${room.id}/messages`, { token }),
        await stage.http('GET', '/agent', { headers: { Cookie: cookie } }),
      ];
      return replies.every(({ headers }) => /no-store/u.test(String(headers['cache-control'])))
        ? 'never stored'
        : JSON.stringify(replies.map(({ headers }) => headers['cache-control']));
    }),
  ],
};
