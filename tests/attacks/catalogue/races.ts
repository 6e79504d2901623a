import { randomUUID } from 'node:crypto';
import type { CreatedConversation, Session } from '../../../app/protocol/http.ts';
import { attack, each, type Group } from '../attack.ts';
import type { Stage } from '../stage.ts';
import { cookiesOf, said } from '../tools/http.ts';

const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };
const TIMES = [0, 10, 20, 40];

const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function guestOf(stage: Stage) {
  const reply = await stage.http('POST', '/api/session', { body: {} });
  const { user, accessToken, refreshToken = '' } = JSON.parse(reply.text) as Session;
  for (const secret of [accessToken, refreshToken]) stage.secrets.add(secret);
  return { id: user.id, token: accessToken, refreshToken };
}

const claim = (stage: Stage, token: string, guestRefreshToken: string) =>
  stage.http('POST', '/api/session/claim', { token, body: { guestRefreshToken } });

const reads = async (stage: Stage, token: string, id: string) =>
  (await stage.http('GET', `/api/conversations/${id}/messages`, { token })).status === 200;

/** Two things at the same moment, a little apart each time. */
export const races: Group = {
  title: 'At the same moment',
  attacks: [
    attack('two accounts claim one guest', 'one has it', (stage) =>
      each(TIMES, async (ms) => {
        const guest = await guestOf(stage);
        const room = await stage.room(guest);
        const accounts = [await stage.account(), await stage.account()];
        await Promise.all(
          accounts.map(async ({ token }, index) => {
            await later(ms * index);
            return claim(stage, token, guest.refreshToken);
          }),
        );
        const having = await Promise.all(
          [...accounts, guest].map(({ token }) => reads(stage, token, room.id)),
        );
        const [one, other, itself] = having;
        return one !== other && !itself ? 'one has it' : having.join();
      }),
    ),
    attack('a guest’s conversation is claimed while it is being made', 'one of them has it', (stage) =>
      each(TIMES, async (ms) => {
        const [guest, account] = [await guestOf(stage), await stage.account()];
        const [made] = await Promise.all([
          stage.http('POST', '/api/conversations', {
            token: guest.token,
            body: { firstMessage: { id: randomUUID(), text: 'mine' } },
          }),
          later(ms).then(() => claim(stage, account.token, guest.refreshToken)),
        ]);
        if (made.status !== 201) return said(made);
        const { id } = (JSON.parse(made.text) as CreatedConversation).conversation;
        const having = [await reads(stage, guest.token, id), await reads(stage, account.token, id)];
        return having[0] === having[1] ? having.join() : 'one of them has it';
      }),
    ),
    attack('a guest gets two addresses', 'one account, one signed in', (stage) =>
      each(TIMES, async (ms) => {
        const guest = await guestOf(stage);
        const password = randomUUID();
        const emails = [`${randomUUID()}@attacks.test`, `${randomUUID()}@attacks.test`];
        const replies = await Promise.all(
          emails.map(async (email, index) => {
            await later(ms * index);
            return stage.http('POST', '/api/session/upgrade', {
              token: guest.token,
              body: { method: 'password', email, password },
            });
          }),
        );
        const rows = await stage.sql`select id, email from auth.users where email in ${stage.sql(emails)}`;
        const done = replies.findIndex(({ status }) => status === 200);
        const whole = rows.length === 1 && rows[0]?.id === guest.id && rows[0]?.email === emails[done];
        return whole && replies.filter(({ status }) => status === 200).length === 1
          ? 'one account, one signed in'
          : `${replies.map(said).join()} ${JSON.stringify(rows)}`;
      }),
    ),
    attack('an agent accepts while an admin deactivates them', 'it waits, with nobody', async (stage) => {
      const boss = await stage.account({ agent: { role: 'admin' } });
      const headers = { ...FORM, Origin: stage.worker.url };
      const signedIn = await stage.http('POST', '/agent/login', {
        headers,
        body: new URLSearchParams({ email: boss.email, password: boss.password }).toString(),
      });
      const Cookie = cookiesOf(signedIn);
      return each(TIMES, async (ms) => {
        const [agent, room] = [await stage.account({ agent: {} }), await stage.room()];
        await Promise.all([
          stage.http('POST', '/agent/team', {
            headers: { ...headers, Cookie },
            body: new URLSearchParams({ intent: 'deactivate', member: agent.id }).toString(),
          }),
          later(ms).then(() => stage.act(agent.token, room.id, 'accept')),
        ]);
        const socket = await stage.enter(room.id, room.visitor.token);
        const isFree = () =>
          [...socket.frames].reverse().find((frame) => frame.t === 'welcome' || frame.t === 'conversation')
            ?.conversation.status === 'waiting';
        await socket.until(isFree, 'conversation that waits');
        return 'it waits, with nobody';
      });
    }),
  ],
};
