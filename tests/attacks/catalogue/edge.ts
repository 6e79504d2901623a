import { randomUUID } from 'node:crypto';
import { DEFAULT_LIMITS } from '../../../app/protocol/limits.ts';
import { EDGE_LIMITS, type EdgeLimit } from '../../../workers/edge/limits.ts';
import { attack, each, type Group } from '../attack.ts';
import { Stage } from '../stage.ts';
import { cookiesOf, type Reply } from '../tools/http.ts';

const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };
const form = (values: Record<string, string>) => new URLSearchParams(values).toString();

/** Networks nobody else in a test comes from. */
let networks = 0;
const network = () => `2001:db8:${(++networks).toString(16)}:1::1`;

/** A Worker whose limits are those of a real site. */
async function asDeployed(stage: Stage, work: (deployed: Stage) => Promise<string>): Promise<string> {
  const limits = Object.fromEntries(EDGE_LIMITS.map((limit) => [limit, DEFAULT_LIMITS[limit]]));
  const deployed = await Stage.open(stage.backend, { LIMITS: JSON.stringify(limits) });
  try {
    return await work(deployed);
  } finally {
    await deployed.close();
  }
}

/**
 * Twice as many as one minute allows, and one: more than two minutes' allowance however the clock turns. Says how
 * many were let in and what the others were told.
 */
async function flood(limit: EdgeLimit, one: (index: number) => Promise<string>): Promise<string> {
  const allowed = DEFAULT_LIMITS[limit];
  const answers: string[] = [];
  for (let index = 0; index <= allowed * 2; index++) answers.push(await one(index));
  const refused = answers.filter((answer) => answer.startsWith('refused'));
  const letIn = answers.length - refused.length;
  const first = answers.findIndex((answer) => answer.startsWith('refused'));
  if (refused.length === 0) return `all ${letIn} let in`;
  if (first < allowed && letIn < allowed) return `only ${letIn} let in`;
  return `as many as allowed, then ${[...new Set(refused)].join(' / ')}`;
}

/** What a call of the API was told: the limit by its name, and when to come again. */
function told({ status, headers, text }: Reply): string {
  if (status !== 429) return `let in: ${status}`;
  const { code, limit, retryAfterMs } = JSON.parse(text) as Record<string, unknown>;
  return `refused: 429 ${code} ${limit}, again in ${headers['retry-after']} s${retryAfterMs === 60_000 ? '' : '?'}`;
}

const refusal = (limit: EdgeLimit) =>
  `as many as allowed, then refused: 429 rate_limited ${limit}, again in 60 s`;

export const edge: Group = {
  title: 'At the edge',
  attacks: [
    attack(
      'sign-ins without end from one line, another address of its /64 each time',
      `${refusal('sessionsPerMinute')}; the neighbours come in`,
      (stage) =>
        asDeployed(stage, async (deployed) => {
          const base = network().replace('::1', '');
          const guest = (address: string) =>
            deployed.http('POST', '/api/session', { body: {}, headers: { 'CF-Connecting-IP': address } });
          const answer = await flood('sessionsPerMinute', async (index) =>
            told(await guest(`${base}:${(index + 1).toString(16)}:2:3:4`)),
          );
          const neighbour = await guest(network());
          return `${answer}; the neighbours ${neighbour.status === 200 ? 'come in' : 'don’t'}`;
        }),
    ),
    attack('conversations without end', refusal('conversationsPerMinute'), (stage) =>
      asDeployed(stage, async (deployed) => {
        const { token } = await deployed.guest();
        const headers = { 'CF-Connecting-IP': network() };
        // Always the same one: new ones would meet the room's own limit on messages.
        const firstMessage = { id: randomUUID(), text: 'again' };
        return flood('conversationsPerMinute', async () =>
          told(
            await deployed.http('POST', '/api/conversations', {
              token,
              headers,
              body: { firstMessage },
            }),
          ),
        );
      }),
    ),
    attack(
      'sockets without end, with a forged token: nobody is asked about it',
      'as many as allowed, then refused: closed 4429',
      (stage) =>
        asDeployed(stage, async (deployed) => {
          const headers = { 'CF-Connecting-IP': network() };
          const token = await deployed.forge.foreign(deployed.forge.claims(randomUUID()), { kid: 'x' });
          return flood('upgradesPerMinute', async () => {
            const end = await deployed.dial(`/rooms/${randomUUID()}`, { bearer: token, headers }).hello();
            return end === 'closed 4429' ? `refused: ${end}` : `let in: ${end}`;
          });
        }),
    ),
    attack('calls of the API without end by one person', refusal('callsPerMinute'), (stage) =>
      asDeployed(stage, async (deployed) => {
        const { token } = await deployed.guest();
        return flood('callsPerMinute', async () =>
          told(
            await deployed.http('GET', `/api/conversations/${randomUUID()}/messages?limit=x`, {
              token,
              headers: { 'CF-Connecting-IP': network() },
            }),
          ),
        );
      }),
    ),
    attack(
      'passwords guessed: one account from everywhere, every account from one place',
      'as many as allowed, then refused: 429 in words, again in 60 s',
      (stage) =>
        asDeployed(stage, async (deployed) => {
          const guess = async (email: string, address: string) => {
            const { status, headers, text } = await deployed.http('POST', '/agent/login', {
              headers: { ...FORM, Origin: deployed.worker.url, 'CF-Connecting-IP': address },
              body: form({ email, password: randomUUID() }),
            });
            if (status !== 429) return `let in: ${status}`;
            const words = text.includes('Too many attempts') ? 'in words' : 'without a word';
            return `refused: 429 ${words}, again in ${headers['retry-after']} s`;
          };
          const here = network();
          return each(
            [
              () => flood('loginsPerEmailPerMinute', () => guess('agent@wellchina.test', network())),
              () => flood('loginsPerMinute', () => guess(`${randomUUID()}@wellchina.test`, here)),
            ],
            (run) => run(),
          );
        }),
    ),
    attack(
      'links of invitations guessed: one from everywhere, many from one place',
      'as many as allowed, then refused: 429, again in 60 s',
      (stage) =>
        asDeployed(stage, async (deployed) => {
          const guess = async (hash: string, address: string) => {
            const { status, headers } = await deployed.http('POST', '/agent/invitation', {
              headers: { ...FORM, Origin: deployed.worker.url, 'CF-Connecting-IP': address },
              body: form({ token_hash: hash, type: 'invite', name: 'Mallory', password: randomUUID() }),
            });
            if (status !== 429) return `let in: ${status}`;
            return `refused: 429, again in ${headers['retry-after']} s`;
          };
          const [one, here] = [randomUUID(), network()];
          return each(
            [
              () => flood('loginsPerEmailPerMinute', () => guess(one, network())),
              () => flood('loginsPerMinute', () => guess(randomUUID(), here)),
            ],
            (run) => run(),
          );
        }),
    ),
    attack(
      'passwords guessed at the visitors’ sign-in, an agent’s too; confirmations sent to somebody without end',
      'as many as allowed, then refused: 429',
      (stage) =>
        asDeployed(stage, async (deployed) => {
          const guest = await deployed.guest();
          const post = (path: string, body: object, token?: string) =>
            deployed.http('POST', `/api/session/${path}`, {
              token,
              body: { method: 'password', password: randomUUID(), ...body },
              headers: { 'CF-Connecting-IP': network() },
            });
          const page = (path: string, fields: Record<string, string>) =>
            deployed.http('POST', path, {
              headers: { ...FORM, Origin: deployed.worker.url, 'CF-Connecting-IP': network() },
              body: form(fields),
            });
          const email = `${randomUUID()}@attacks.test`;
          return each(
            [
              () => post('sign-in', { email: 'agent@wellchina.test' }),
              () => post('sign-in', { email }),
              () => post('upgrade', { email: `x${email}`, password: '1' }, guest.token),
              () =>
                page('/signup', { email: `y${email}`, password: '1', fullName: 'Mallory', name: 'Mallory' }),
              () => page('/forgot', { email: `z${email}` }),
            ],
            (guess) =>
              flood('loginsPerEmailPerMinute', async () => {
                const { status } = await guess();
                return status === 429 ? 'refused: 429' : `let in: ${status}`;
              }),
          );
        }),
    ),
    attack(
      'header injection: listed websites, languages, origins, where to go next',
      'no header, no cookie, no directive of theirs',
      async (stage) => {
        const { email, password } = await stage.account({ agent: { role: 'admin' } });
        const signedIn = await stage.http('POST', '/agent/login', {
          headers: { ...FORM, Origin: stage.worker.url },
          body: form({ email, password }),
        });
        const Cookie = cookiesOf(signedIn);
        const nasty = [
          '\r\nX-Injected: 1',
          '%0d%0aX-Injected:%201',
          "; script-src * 'unsafe-inline'",
          'https://evil.example; frame-ancestors *',
          'https://evil.example\nSet-Cookie: x=1',
          '\u560d\u560aX-Injected: 1',
          'https://evil.example https://*',
        ];
        return each(
          nasty,
          async (text) => {
            const encoded = encodeURIComponent(text);
            const replies = [
              await stage.http('POST', '/agent/sites', {
                headers: { ...FORM, Origin: stage.worker.url, Cookie },
                body: form({ intent: 'add', origin: text, label: text }),
              }),
              await stage.http('GET', `/widget?origin=${encoded}&locale=${encoded}`),
              await stage.http('GET', '/widget', {
                headers: { 'Accept-Language': text.replace(/[^ -~]/gu, '') },
              }),
              await stage.http('GET', `/agent?x=${encoded}`),
              await stage.http('GET', `/agent/login?next=${encoded}`),
              await stage.http('POST', `/agent/login?next=${encoded}`, {
                headers: { ...FORM, Origin: stage.worker.url },
                body: form({ email, password }),
              }),
            ];
            const harm = replies.filter(({ headers }) => {
              const policy = String(headers['content-security-policy']);
              return (
                'x-injected' in headers ||
                /(?:^|,)x=1/u.test(String(headers['set-cookie'])) ||
                /unsafe-inline|evil|(?:script-src|frame-ancestors) [^;]*\*(?!:|\d)(?!\.)/u.test(
                  policy.replaceAll(/http:\/\/(?:localhost|127\.0\.0\.1):\*/gu, ''),
                )
              );
            });
            return harm.length === 0
              ? 'no header, no cookie, no directive of theirs'
              : `${harm.length} harmed`;
          },
          JSON.stringify,
        );
      },
    ),
    attack(
      'an answer without its headers: pages, refusals, problems, files, what is not there',
      'every answer says nosniff, HSTS, a policy, who may read it and whether it may be kept',
      async (stage) => {
        const replies: [string, Reply][] = [];
        for (const [method, path] of [
          ['GET', '/'],
          ['GET', '/agent'],
          ['GET', '/agent/login'],
          ['GET', '/widget'],
          ['GET', '/widget.js'],
          ['GET', '/widget/panel.js'],
          ['GET', '/favicon.svg'],
          ['GET', '/nowhere'],
          ['GET', '/%ff'],
          ['GET', '/healthz'],
          ['GET', '/lobby'],
          ['GET', '/rooms/x'],
          ['GET', '/api/conversations'],
          ['GET', '/api/nowhere'],
          ['PUT', '/api/session'],
          ['POST', '/agent/login'],
          ['POST', '/agent/logout.data'],
          ['GET', '/_root.data'],
        ] as const) {
          replies.push([`${method} ${path}`, await stage.http(method, path)]);
        }
        const bare = replies.filter(
          ([, { headers }]) =>
            headers['x-content-type-options'] !== 'nosniff' ||
            !headers['strict-transport-security'] ||
            !headers['content-security-policy'] ||
            !headers['referrer-policy'] ||
            !headers['permissions-policy'] ||
            !headers['cross-origin-resource-policy'] ||
            !headers['cross-origin-opener-policy'] ||
            !headers['cache-control'],
        );
        return bare.length === 0
          ? 'every answer says nosniff, HSTS, a policy, who may read it and whether it may be kept'
          : bare.map(([what]) => what).join(', ');
      },
    ),
  ],
};
