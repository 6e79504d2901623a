import { randomUUID } from 'node:crypto';
import type { Session, SignInAnswer } from '../../../app/protocol/http.ts';
import { attack, each, type Group } from '../attack.ts';
import type { Stage } from '../stage.ts';
import { came, chatting, conversationsOf, keep, post, registered } from '../tools/accounts.ts';
import { said } from '../tools/http.ts';

/** Each answer and how often it came. */
function counted(answers: readonly string[]): string {
  return [...new Set(answers)]
    .map((answer) => `${answer} ×${answers.filter((one) => one === answer).length}`)
    .join(', ');
}

async function whoseItIs(stage: Stage, guest: Awaited<ReturnType<typeof chatting>>): Promise<string> {
  const held = (await conversationsOf(stage, guest.token)).includes(guest.room.id);
  return `the guest ${held ? 'keeps it' : 'has lost it'}`;
}

/** A guest's conversation that comes along into an account: only the guest's own, and only while both are live. */
export const bringing: Group = {
  title: 'Bringing a conversation along',
  attacks: [
    attack(
      'claim with an account that isn’t live: signed out, forged, expired, of another project, a guest, an agent, none',
      '401 unauthorized ×6, 403 forbidden ×2; the guest keeps it',
      async (stage) => {
        const [guest, other] = [await chatting(stage), await registered(stage)];
        const gone = await registered(stage);
        await stage.http('DELETE', '/api/session', { token: gone.token });
        const { forge } = stage;
        const claims = forge.claims(other.id, { is_anonymous: false });
        const tokens = [
          gone.token,
          await forge.foreign(claims),
          await forge.real({ ...claims, exp: 1 }),
          await forge.real({ ...claims, iss: 'https://other.supabase.co/auth/v1' }),
          // Auth's own signature, but no session of Auth's behind it.
          await forge.real({ ...claims, session_id: randomUUID() }),
          'x',
          (await stage.guest()).token,
          (await stage.account({ agent: {} })).token,
        ];
        const answers: string[] = [];
        for (const accountToken of tokens) {
          answers.push(
            came(await post(stage, 'claim', { accountToken, guestRefreshToken: guest.refreshToken })),
          );
        }
        return `${counted(answers)}; ${await whoseItIs(stage, guest)}`;
      },
    ),
    attack(
      'claim with a guest that isn’t live, or isn’t one: signed out, made up, an access token, another account’s',
      '403 forbidden ×3, brought 0 ×1; the guest keeps it',
      async (stage) => {
        const [account, other, guest] = [
          await registered(stage),
          await stage.account(),
          await chatting(stage),
        ];
        const out = await chatting(stage);
        await stage.http('DELETE', '/api/session', { token: out.token });
        const signedIn = JSON.parse(
          (await post(stage, 'sign-in', { email: other.email, password: other.password })).text,
        ) as Extract<SignInAnswer, { status: 'done' }>;
        keep(stage, signedIn.session);
        const answers: string[] = [];
        for (const guestRefreshToken of [
          out.refreshToken,
          randomUUID(),
          guest.token,
          signedIn.session.refreshToken,
        ])
          answers.push(came(await post(stage, 'claim', { accountToken: account.token, guestRefreshToken })));
        return `${counted(answers)}; ${await whoseItIs(stage, guest)}`;
      },
    ),
    attack(
      'bring another’s conversation: with an account’s bearer, a forged guest, a signed-out guest, ids in the body',
      'brought 0',
      async (stage) => {
        const [victim, account] = [await chatting(stage), await registered(stage)];
        const out = await chatting(stage);
        await stage.http('DELETE', '/api/session', { token: out.token });
        const bearers = [
          account.token,
          await stage.forge.foreign(stage.forge.claims(victim.id)),
          await stage.forge.real(stage.forge.claims(victim.id)),
          out.token,
          undefined,
        ];
        return each(
          bearers,
          async (bearer) => {
            const mallory = await stage.account();
            const reply = await post(
              stage,
              'sign-in',
              {
                email: mallory.email,
                password: mallory.password,
                bring: true,
                guestId: victim.id,
                from: victim.id,
                conversationId: victim.room.id,
              },
              bearer,
            );
            if (reply.status === 200) keep(stage, (JSON.parse(reply.text) as { session: Session }).session);
            return came(reply);
          },
          (bearer) => String(bearer).slice(0, 20),
        );
      },
    ),
    attack(
      'the guest’s socket, ticket, token and page after their conversation has moved',
      'socket closed 4403; ticket closed 4403; token closed 4404; page 404 not_found; refresh another person',
      async (stage) => {
        const [guest, account] = [await chatting(stage), await stage.account()];
        const socket = await stage.enter(guest.room.id, guest.token);
        const { ticket } = await socket.next('welcome');
        const moved = await post(
          stage,
          'sign-in',
          { email: account.email, password: account.password, bring: true },
          guest.token,
        );
        keep(stage, (JSON.parse(moved.text) as { session: Session }).session);
        const path = `/rooms/${guest.room.id}`;
        const page = await stage.http('GET', `/api/conversations/${guest.room.id}/messages`, {
          token: guest.token,
        });
        const again = JSON.parse(
          (await stage.http('POST', '/api/session', { body: { refreshToken: guest.refreshToken } })).text,
        ) as Session;
        keep(stage, again);
        return [
          `socket ${await socket.ending()}`,
          `ticket ${await stage.dial(path, { ticket }).hello()}`,
          `token ${await stage.dial(path, { bearer: guest.token }).hello()}`,
          `page ${said(page)}`,
          `refresh ${again.user.id === guest.id ? 'the same person' : 'another person'}`,
        ].join('; ');
      },
    ),
  ],
};
