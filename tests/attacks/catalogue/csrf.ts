import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { attack, each, type Group } from '../attack.ts';
import type { Stage } from '../stage.ts';
import { cookiesOf } from '../tools/http.ts';

const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };
const routes = new URL('../../../app/routes/', import.meta.url);

/** The addresses of every route that takes a write, whoever adds one; the open places filled in. */
async function writers(id: string): Promise<string[]> {
  // What answers where there is no address (api.$) takes nothing from anybody.
  const files = (await readdir(routes)).filter(
    (file) => /\.tsx?$/u.test(file) && !file.includes('.test.') && file !== 'api.$.ts',
  );
  const sources = await Promise.all(files.map((file) => readFile(new URL(file, routes), 'utf8')));
  return files
    .filter((_, index) => /export (?:async function|const) action\b/u.test(sources[index] ?? ''))
    .map((file) => file.replace(/\.tsx?$/u, ''))
    .map((name) =>
      name
        .split('.')
        .filter((part) => part !== '_index' && !part.startsWith('_'))
        .map((part) =>
          part
            .replace(/_$/u, '')
            .replace(/^\$action$/u, 'close')
            .replace(/^\$.*$/u, id),
        )
        .join('/'),
    )
    .map((path) => `/${path}`);
}

/** An administrator’s and a visitor’s cookies in one browser: whatever a route reads, it is there. */
async function cookies(stage: Stage): Promise<{ cookie: string; roomId: string }> {
  const { email, password } = await stage.account({ agent: { role: 'admin' } });
  const desk = await stage.http('POST', '/agent/login', {
    headers: { ...FORM, Origin: stage.worker.url },
    body: new URLSearchParams({ email, password }).toString(),
  });
  const guest = await stage.http('POST', '/api/session', { body: {} });
  const room = await stage.room();
  return { cookie: `${cookiesOf(desk)}; ${cookiesOf(guest)}`, roomId: room.id };
}

const SENDERS: readonly [string, (own: string) => Record<string, string>][] = [
  ['another site', () => ({ Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' })],
  ['another site, an old browser', () => ({ Origin: 'https://evil.example' })],
  ['a frame without an origin', () => ({ Origin: 'null', 'Sec-Fetch-Site': 'cross-site' })],
  [
    'a sister on the same site',
    (own) => ({ Origin: own.replace('//', '//sister.'), 'Sec-Fetch-Site': 'same-site' }),
  ],
  ['nobody says', () => ({})],
  ['only that it is cross-site', () => ({ 'Sec-Fetch-Site': 'cross-site' })],
];

export const csrf: Group = {
  title: 'Writes with somebody’s cookies',
  attacks: [
    attack(
      'every address that takes a write, from everywhere else, as form, JSON and text',
      '403, nothing set',
      async (stage) => {
        const { cookie, roomId } = await cookies(stage);
        const paths = await writers(roomId);
        if (paths.length < 6) throw new Error(`only ${paths.join()}`);
        const bodies: readonly [string, string][] = [
          [
            'application/x-www-form-urlencoded',
            'intent=add&origin=https%3A%2F%2Fevil.example&email=a%40b.test&password=x',
          ],
          ['application/json', '{}'],
          ['text/plain', '{}'],
        ];
        return each(
          paths.flatMap((path) => SENDERS.map(([who, headers]) => ({ path, who, headers }))),
          ({ path, headers }) =>
            each(bodies, async ([type, body]) => {
              const reply = await stage.http('POST', path, {
                headers: { 'Content-Type': type, Cookie: cookie, ...headers(stage.worker.url) },
                body,
              });
              // An address that turns out to take no writes at all says so, to everybody.
              const status = reply.status === 405 ? 403 : reply.status;
              return `${status}, ${reply.headers['set-cookie'] ? 'something' : 'nothing'} set`;
            }),
          ({ path, who }) => `${path} from ${who}`,
        );
      },
    ),
    attack('the list of websites changed by another site’s form', 'as it was', async (stage) => {
      const { cookie } = await cookies(stage);
      const origin = `https://${randomUUID()}.example`;
      await stage.http('POST', '/agent/sites', {
        headers: { ...FORM, Cookie: cookie, Origin: 'https://evil.example' },
        body: new URLSearchParams({ intent: 'add', origin }).toString(),
      });
      const { headers } = await stage.http('GET', '/widget');
      return String(headers['content-security-policy']).includes(origin) ? 'changed' : 'as it was';
    }),
  ],
};
