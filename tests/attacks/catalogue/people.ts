import { randomUUID } from 'node:crypto';
import type { Session, SignInAnswer, UpgradeAnswer } from '../../../app/protocol/http.ts';
import { consent } from '../../system/journey.ts';
import { attack, each, type Group } from '../attack.ts';
import { chatting, conversationsOf, keep, PASSWORD, post, registered } from '../tools/accounts.ts';
import { cookiesOf, said } from '../tools/http.ts';
import { strangers } from '../tools/strangers.ts';

const HELD = 'confirmed, led to /login; the browser is who it was';
const PATHS = ['upgrade', 'sign-in', 'claim'] as const;

export const people: Group = {
  title: 'Guests and accounts',
  attacks: [
    attack(
      'upgrade, sign-in and claim from another origin, and with a cookie but no origin',
      '403 forbidden, no cookie',
      async (stage) => {
        const account = await registered(stage);
        const guest = await chatting(stage);
        const bodies = {
          upgrade: { method: 'password', email: `${randomUUID()}@attacks.test`, password: PASSWORD },
          'sign-in': { email: account.email, password: PASSWORD, bring: true },
          claim: { accountToken: account.token, guestRefreshToken: guest.refreshToken },
        };
        const refused = async (path: (typeof PATHS)[number], headers: Record<string, string>) => {
          const reply = await post(stage, path, bodies[path], guest.token, headers);
          return `${said(reply)}, ${reply.headers['set-cookie'] ? 'a cookie' : 'no cookie'}`;
        };
        const cookie = cookiesOf(await stage.http('POST', '/api/session', { body: {} }));
        const tries = PATHS.flatMap((path) => [
          ...strangers(stage.worker.url).map((Origin) => ({ path, headers: { Origin } })),
          { path, headers: { Cookie: cookie } },
          { path, headers: { Cookie: cookie, 'Sec-Fetch-Site': 'cross-site' } },
        ]);
        return each(
          tries,
          ({ path, headers }) => refused(path, headers as Record<string, string>),
          JSON.stringify,
        );
      },
    ),
    attack(
      'an account with somebody else’s address, whose owner follows the link: with nobody, a guest, another account',
      HELD,
      async (stage) => {
        const [guest, other] = [await chatting(stage), await registered(stage)];
        const signedIn = await post(stage, 'sign-in', { email: other.email, password: PASSWORD });
        keep(stage, (JSON.parse(signedIn.text) as Extract<SignInAnswer, { status: 'done' }>).session);
        const browsers = [
          { id: null, cookie: '' },
          { id: guest.id, cookie: `__Host-wellchina-visitor=${guest.refreshToken}` },
          { id: other.id, cookie: cookiesOf(signedIn) },
        ];
        return each(browsers, async ({ id, cookie }) => {
          const email = `${randomUUID()}@attacks.test`;
          const { data, error } = await stage
            .admin()
            .generateLink({ type: 'signup', email, password: PASSWORD });
          if (error) throw error;
          const Origin = stage.worker.url;
          const followed = await stage.http('POST', '/auth/confirm', {
            headers: {
              Origin,
              'Content-Type': 'application/x-www-form-urlencoded',
              ...(cookie ? { Cookie: cookie } : {}),
            },
            body: new URLSearchParams({
              token_hash: data.properties.hashed_token,
              type: 'signup',
            }).toString(),
          });
          const led = `${followed.status} ${followed.headers.location}`;
          if (led !== '302 /login?done=confirmed') return `led: ${led}`;
          const entered = await post(stage, 'sign-in', { email, password: PASSWORD });
          if (entered.status !== 200) return `not confirmed: ${said(entered)}`;
          keep(stage, (JSON.parse(entered.text) as Extract<SignInAnswer, { status: 'done' }>).session);
          const now = cookiesOf(followed);
          if (id === null) return now === '' ? HELD : `a cookie: ${now}`;
          const resumed = await stage.http('POST', '/api/session', {
            body: {},
            headers: { Origin, Cookie: now || cookie },
          });
          const session = JSON.parse(resumed.text) as Session;
          keep(stage, session);
          return session.user.id === id ? HELD : `somebody else: ${session.user.id}`;
        });
      },
    ),
    attack(
      'claiming by an address: somebody else’s, unconfirmed, in every spelling',
      '409 email_taken or waits for the mail; nothing seen, nobody signed in',
      async (stage) => {
        const victim = await registered(stage);
        return each(
          [
            victim.email,
            victim.email.toUpperCase(),
            ` ${victim.email} `,
            victim.email.replace('@', '+x@'),
            victim.email.replace('@', '@\u200b'),
          ],
          async (email) => {
            const mallory = await chatting(stage);
            const asked = await post(
              stage,
              'upgrade',
              { method: 'password', email, password: PASSWORD },
              mallory.token,
            );
            // The stand-in counts an address as confirmed at once: then it is another's address, and an account of its own.
            const told = said(asked);
            const entered = await post(stage, 'sign-in', { email, password: `${PASSWORD}x`, bring: true });
            const seen = (await conversationsOf(stage, mallory.token)).includes(victim.room.id);
            const fine =
              ['409 email_taken', '422 invalid', '200'].includes(told) &&
              ['401 wrong_credentials', '422 invalid', '403 email_unconfirmed'].includes(said(entered));
            return fine && !seen
              ? '409 email_taken or waits for the mail; nothing seen, nobody signed in'
              : `${told}, ${said(entered)}, ${seen ? 'seen' : 'not seen'}`;
          },
        );
      },
    ),
    attack('email and email_verified written into one’s own metadata', 'nothing seen', async (stage) => {
      const [victim, mallory] = [await registered(stage), await stage.account()];
      await stage.admin().updateUserById(mallory.id, {
        user_metadata: { email: victim.email, email_verified: true, sub: victim.id, id: victim.id },
      });
      const answer = JSON.parse(
        (await post(stage, 'sign-in', { email: mallory.email, password: mallory.password, bring: true }))
          .text,
      ) as Extract<SignInAnswer, { status: 'done' }>;
      const token = keep(stage, answer.session);
      const seen = (await conversationsOf(stage, token)).length;
      return seen === 0 && answer.session.user.id === mallory.id ? 'nothing seen' : `${seen} seen`;
    }),
    attack('an account that isn’t there, and a wrong password: told apart?', 'by nothing', async (stage) => {
      const { email } = await stage.account();
      const replies = await Promise.all(
        [email, `${randomUUID()}@attacks.test`].map((one) =>
          post(stage, 'sign-in', { email: one, password: 'wrong' }),
        ),
      );
      const [one, two] = replies.map(({ status, text }) => `${status} ${text}`);
      return one === two ? 'by nothing' : `${one} / ${two}`;
    }),
    attack(
      'the way through Google: made-up codes and states, a ticket or a token as the state, another’s code',
      '400 link_cancelled',
      async (stage) => {
        const [guest, other] = [await chatting(stage), await chatting(stage)];
        const socket = await stage.enter(guest.room.id, guest.token);
        const { ticket } = await socket.next('welcome');
        const begun = JSON.parse(
          (await post(stage, 'upgrade', { method: 'google' }, other.token)).text,
        ) as Extract<UpgradeAnswer, { status: 'continue' }>;
        const back = await consent(begun.url, { email: `${randomUUID()}@attacks.test` });
        const code = back.searchParams.get('code') ?? '';
        const tries = [
          { code: 'x' },
          { code: 'x', state: 'x' },
          { code: 'x', state: ticket },
          { code: 'x', state: guest.token },
          { code, state: ticket },
          { code },
          { code: 'x', state: begun.state },
          // Whose it is last, since that uses it up.
          { code, state: begun.state },
        ];
        return each(
          tries,
          async (body) => said(await post(stage, 'upgrade', { method: 'google', ...body }, guest.token)),
          (body) => JSON.stringify(body).slice(0, 40),
        );
      },
    ),
    attack(
      'SQL and GraphQL metacharacters, CR LF, U+0000 and other types in every field',
      'refused, no cookie',
      async (stage) => {
        const guest = await chatting(stage);
        const nasty: unknown[] = [
          "' or 1=1 --",
          "a@b.test'; drop table auth.users; --",
          '{"query":"{__schema{types{name}}}"}',
          'a@b.test\r\nBcc: victim@b.test',
          'a@b.test\u0000',
          '$ne',
          { $ne: null },
          ['a@b.test'],
          { toString: 'a@b.test' },
          true,
          1e308,
          '',
          'x'.repeat(9_000),
        ];
        return each(
          nasty.flatMap((value) => [
            { path: 'sign-in', body: { email: value, password: 'x' } },
            { path: 'sign-in', body: { email: 'agent@wellchina.test', password: value } },
            { path: 'sign-in', body: { method: value, email: 'a@b.test', password: 'x' } },
            { path: 'sign-in', body: { method: 'google', code: value } },
            { path: 'upgrade', body: { method: 'password', email: value, password: PASSWORD } },
            { path: 'upgrade', body: { method: 'google', code: 'x', state: value } },
            { path: 'claim', body: { accountToken: value, guestRefreshToken: value } },
          ]),
          async ({ path, body }) => {
            const reply = await post(stage, path, body, guest.token);
            return /^(?:400|401|403|422) (?:invalid|unauthorized|wrong_credentials|link_cancelled|forbidden)$/u.test(
              said(reply),
            ) && !reply.headers['set-cookie']
              ? 'refused, no cookie'
              : `${said(reply)} ${String(reply.headers['set-cookie'] ?? '').slice(0, 40)}`;
          },
          (tried) => JSON.stringify(tried).slice(0, 70),
        );
      },
    ),
    attack('prototype pollution in who somebody is', 'refused; nobody is more than before', async (stage) => {
      const guest = await chatting(stage);
      const answer = await each(
        [
          '{"__proto__":{"method":"google","code":"x"},"constructor":{"prototype":{"bring":true,"isAdmin":true}}}',
          '{"method":"__proto__"}',
          '{"method":"constructor","email":"a@b.test","password":"x"}',
        ],
        async (body) =>
          each(['sign-in', 'upgrade'], async (path) => {
            const { status } = await post(stage, path, body, guest.token);
            return status === 422 || status === 400 ? 'refused' : String(status);
          }),
        (body) => body.slice(0, 30),
      );
      const accept = await stage.act(guest.token, guest.room.id, 'accept');
      return `${answer}; ${said(accept) === '403 forbidden' ? 'nobody is more than before' : said(accept)}`;
    }),
  ],
};
