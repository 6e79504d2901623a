import { randomUUID } from 'node:crypto';
import { attack, each, type Group } from '../attack.ts';
import { CANARY, type Stage } from '../stage.ts';
import { said } from '../tools/http.ts';

const SQL = [
  "'",
  "''; drop table public.messages; --",
  "' or '1'='1",
  '1; select pg_sleep(5)',
  '$1',
  '$$',
  '%',
  '_',
  '\\',
  '{}',
  '{"query":"{__schema{types{name}}}"}',
  '../..',
  '1e999',
  '0x10',
  'NaN',
  'Infinity',
  '-1',
  '1.5',
  '9'.repeat(400),
  '１２',
];

/** What an agent's list says to a query parameter: never a failure of Postgres. */
const listed = (stage: Stage, token: string, name: string) => async (value: string) =>
  said(await stage.http('GET', `/api/conversations?${name}=${encodeURIComponent(value)}`, { token }));

async function create(stage: Stage, body: unknown): Promise<string> {
  const { token } = await stage.guest();
  return said(await stage.http('POST', '/api/conversations', { token, body }));
}

const first = () => ({ id: randomUUID(), text: CANARY });

export const injection: Group = {
  title: 'Injection',
  attacks: [
    attack('SQL metacharacters in status=', '400 invalid', async (stage) => {
      const { token } = await stage.account({ agent: {} });
      return each([...SQL, 'open,closed', "open' --"], listed(stage, token, 'status'));
    }),
    attack('SQL metacharacters in before=', '400 invalid', async (stage) => {
      const { token } = await stage.account({ agent: {} });
      const id = randomUUID();
      const cursors = [
        `2026-01-01T00:00:00Z~${id}' --`,
        `2026-01-01T00:00:00Z'::date~${id}`,
        `now()~${id}`,
        `infinity~${id}`,
        `2026-01-01~${id}`,
        `~${id}`,
        `2026-01-01T00:00:00Z~`,
        `2026-01-01T00:00:00Z~${id}~${id}`,
        `2026-02-30T00:00:00Z~${id}`,
      ];
      return each([...SQL, ...cursors], listed(stage, token, 'before'));
    }),
    attack('times in before= that no clock of Postgres knows', '400 invalid', async (stage) => {
      const { token } = await stage.account({ agent: {} });
      const id = randomUUID();
      return each(
        [
          `0000-01-01T00:00:00Z~${id}`,
          `2026-01-01T00:00:00+23:59~${id}`,
          `2026-01-01T00:00:00-18:00~${id}`,
          `2026-01-01T00:00:00.${'1'.repeat(200)}Z~${id}`,
        ],
        listed(stage, token, 'before'),
      );
    }),
    attack('limit= of 0, −1, 101, 1e308, 1.5, NaN, or SQL', '400 invalid', async (stage) => {
      const { token } = await stage.account({ agent: {} });
      return each(
        [
          '0',
          '-1',
          '101',
          '1e308',
          '1.5',
          'NaN',
          'Infinity',
          '',
          '1; drop table x',
          "1'",
          '9'.repeat(400),
          '1,2',
        ],
        listed(stage, token, 'limit'),
      );
    }),
    attack('before= and limit= of a page of messages', '400 invalid', async (stage) => {
      const room = await stage.room();
      const tries = [
        'before=0',
        'before=-1',
        'before=1.5',
        'before=NaN',
        'before=1e308',
        'before=9007199254740993',
        "before=1'",
        'before=1%20or%201=1',
        'limit=0',
        'limit=-1',
        'limit=201',
        'limit=1e308',
        'limit=',
        "limit=1'--",
      ];
      return each(tries, async (query) =>
        said(
          await stage.http('GET', `/api/conversations/${room.id}/messages?${query}`, {
            token: room.visitor.token,
          }),
        ),
      );
    }),
    attack('the same parameter twice, in brackets, unknown ones', '200', async (stage) => {
      const { token } = await stage.guest();
      return each(
        [
          'limit=5&limit=5',
          'limit[]=5',
          'limit[$gt]=1',
          '__proto__[limit]=1',
          'constructor.prototype.limit=1',
          'x=1',
          'select=*',
          'visitor_id=eq.1',
          'or=(id.neq.0)',
        ],
        async (query) => said(await stage.http('GET', `/api/conversations?${query}`, { token })),
      );
    }),
    attack(
      'SQL metacharacters in every field of the context: kept as they are',
      '201, letter for letter',
      async (stage) => {
        const nasty = 'Robert\'); drop table public.messages; -- $1 $$ {"a":1} %s \\';
        const list = [nasty, nasty];
        const context = {
          subject: nasty,
          page: nasty,
          procedure: nasty,
          hospital: nasty,
          hospitals: list,
          city: nasty,
          region: nasty.slice(0, 70),
          locale: nasty.slice(0, 30),
          saved: { plans: list, procedures: list, hospitals: list, cities: list },
        };
        const { token } = await stage.guest();
        const reply = await stage.http('POST', '/api/conversations', {
          token,
          body: { context, firstMessage: { id: randomUUID(), text: nasty } },
        });
        const { id } = JSON.parse(reply.text).conversation;
        const [row] = await stage.sql`select subject, metadata from conversations where id = ${id}`;
        const { subject, ...metadata } = context;
        const [message] = await stage.log(id, token);
        const trimmed = JSON.parse(JSON.stringify(metadata), (_, value) =>
          typeof value === 'string' ? value.trim() : value,
        );
        const kept =
          row?.subject === subject.trim() && isSame(row.metadata, trimmed) && message?.text === nasty;
        return `${reply.status}, ${kept ? 'letter for letter' : JSON.stringify(row)}`;
      },
    ),
    attack('a context of other types, too long, too many', '400 invalid', (stage) =>
      each(
        [
          { page: 1 },
          { page: {} },
          { page: ['a'] },
          { page: 'x'.repeat(201) },
          { page: '' },
          { subject: 'x'.repeat(201) },
          { hospitals: 'a' },
          { hospitals: Array.from({ length: 51 }, () => 'a') },
          { saved: [] },
          { saved: { plans: { length: 1 } } },
          [],
          'x',
          1,
          null,
        ],
        (context) => create(stage, { context, firstMessage: first() }),
        (context) => JSON.stringify(context).slice(0, 40),
      ),
    ),
    attack(
      'bodies that are none: broken JSON, arrays, null, text, numbers, nesting',
      '400 invalid',
      (stage) =>
        each(
          [
            '{',
            'null',
            '[]',
            '1',
            '"x"',
            'true',
            'undefined',
            '{"firstMessage":null}',
            '{"firstMessage":[]}',
            '{"firstMessage":{"id":"x","text":"y"}}',
            '{"firstMessage":{"id":1,"text":"y"}}',
            `{"firstMessage":{"id":"${randomUUID()}","text":1}}`,
            `{"firstMessage":{"id":"${randomUUID()}"}}`,
            '['.repeat(30_000),
            '{"context":'.repeat(2_000),
            'a=b&c=d',
            '<xml/>',
          ],
          (body) => create(stage, body),
          (body) => body.slice(0, 40),
        ),
    ),
    attack('a body of 65 KiB, of 10 MB, in chunks', '413 too_large', async (stage) => {
      const { token } = await stage.guest();
      return each([65 * 1024 + 1, 10_000_000], async (size) => {
        const reply = await stage
          .http('POST', '/api/conversations', { token, body: JSON.stringify({ pad: 'x'.repeat(size) }) })
          .catch((error: Error) => error);
        // A server that has said no may hang up while the rest is still on its way.
        return reply instanceof Error ? '413 too_large' : said(reply);
      });
    }),
    attack('a login form of 10 MB', '413', async (stage) => {
      const reply = await stage
        .http('POST', '/agent/login', {
          headers: { 'Content-Type': 'application/x-www-form-urlencoded', Origin: stage.worker.url },
          body: `email=a%40b.test&password=${'x'.repeat(10_000_000)}`,
        })
        .catch(() => null);
      return String(reply?.status ?? 413);
    }),
    attack('login fields that are files, lists, missing, huge, SQL', '400 or 401, no cookie', (stage) =>
      each(
        [
          '',
          'email=a',
          'email=a@b.test',
          'password=x',
          "email=a'@b.test' or 1=1--&password=x",
          `email=${'a'.repeat(5_000)}@b.test&password=x`,
          'email=agent@wellchina.test&password=%00',
          'email[]=agent@wellchina.test&password=x',
          'email=agent@wellchina.test&email=x&password=wrong',
          `email=agent@wellchina.test&password=${'x'.repeat(2_000)}`,
          'email=agent@wellchina.test%0d%0aBcc:x&password=x',
          'email=%f0%28%8c%28&password=%ff',
        ],
        async (body) => {
          const reply = await stage.http('POST', '/agent/login', {
            headers: { 'Content-Type': 'application/x-www-form-urlencoded', Origin: stage.worker.url },
            body,
          });
          return (reply.status === 400 || reply.status === 401) && !reply.headers['set-cookie']
            ? '400 or 401, no cookie'
            : `${reply.status}`;
        },
      ),
    ),
    attack('login bodies that are no forms', '400', (stage) =>
      each(
        [
          'application/json',
          'text/plain',
          'multipart/form-data',
          'multipart/form-data; boundary=x',
          'x/y',
          '',
        ],
        async (type) =>
          String(
            (
              await stage.http('POST', '/agent/login', {
                headers: { 'Content-Type': type, Origin: stage.worker.url },
                body: '{"email":"a"}',
              })
            ).status,
          ),
      ),
    ),
    attack('prototype pollution in JSON bodies', '201; nothing inherited', async (stage) => {
      const { token } = await stage.guest();
      const body = `{"__proto__":{"polluted":1,"isAdmin":true},"constructor":{"prototype":{"polluted":1}},"context":{"__proto__":{"page":"x"},"constructor":{"prototype":{"polluted":1}},"saved":{"__proto__":{"plans":["x"]}}},"firstMessage":{"id":"${randomUUID()}","text":"${CANARY}","__proto__":{"role":"agent"}}}`;
      const reply = await stage.http('POST', '/api/conversations', { token, body });
      const { conversation } = JSON.parse(reply.text);
      const [row] =
        await stage.sql`select metadata::text as metadata from conversations where id = ${conversation.id}`;
      const fresh = await create(stage, {});
      const clean = row?.metadata === '{"saved": {}}' && !('polluted' in conversation) && fresh === '201';
      return `${reply.status}; ${clean ? 'nothing inherited' : `${row?.metadata} ${fresh}`}`;
    }),
    attack(
      'header injection: CR LF in next, in a path, in a query, in a subprotocol',
      'no header of theirs',
      async (stage) => {
        const CRLF = '%0d%0aSet-Cookie:%20injected=1%0d%0a';
        const replies = await Promise.all([
          stage.http('GET', `/agent/x${CRLF}`),
          stage.http('GET', `/agent?x=${CRLF}`),
          stage.http('GET', `/agent/login?next=/agent${CRLF}`),
          stage.http('POST', `/agent/login?next=/agent${CRLF}`, {
            headers: { Origin: stage.worker.url, 'Content-Type': 'application/x-www-form-urlencoded' },
            body: 'email=agent%40wellchina.test&password=wellchina-agent',
          }),
          stage.http('GET', `/api/conversations?before=${CRLF}`),
          stage.http('GET', `/${CRLF}`),
        ]);
        const theirs = replies.filter(({ headers }) =>
          JSON.stringify(headers['set-cookie'] ?? '').includes('injected'),
        );
        return theirs.length === 0
          ? 'no header of theirs'
          : JSON.stringify(theirs.map(({ headers }) => headers));
      },
    ),
    attack('what a refusal says of the inside', 'nothing', async (stage) => {
      const room = await stage.room();
      const { token } = room.visitor;
      const replies = [
        await stage.http('GET', '/api/conversations?before=x', { token }),
        await stage.http('GET', `/api/conversations/${randomUUID()}/messages`, { token }),
        await stage.http('POST', '/api/conversations', { token, body: '{' }),
        await stage.http('GET', '/api/nowhere', { token }),
        await stage.http('GET', '/nowhere/at/all'),
        await stage.http('GET', '/%ff'),
        await stage.http('POST', '/', { body: {} }),
        await stage.http('GET', '/healthz'),
      ];
      const telling = replies.filter(({ text }) =>
        /at \w+ \(|\.tsx?:\d|node_modules|postgres:|sqlstate|syntax error|\bselect \w+ from\b|stack"|TypeError|ZodError|127\.0\.0\.1:\d+\/auth/iu.test(
          text,
        ),
      );
      return telling.length === 0 ? 'nothing' : telling.map(({ text }) => text.slice(0, 200)).join();
    }),
  ],
};

function isSame(one: unknown, other: unknown): boolean {
  const sorted = (value: unknown): unknown =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(
          Object.entries(value)
            .toSorted(([a], [b]) => (a < b ? -1 : 1))
            .map(([key, inner]) => [key, sorted(inner)]),
        )
      : value;
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
}
