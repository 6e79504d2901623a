import { combineChunks, parseCookieHeader, stringFromBase64URL } from '@supabase/ssr';
import type { Session } from '../../../app/protocol/http.ts';
import { attack, each, type Group } from '../attack.ts';
import type { Stage } from '../stage.ts';
import { cookiesOf, said } from '../tools/http.ts';

const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };
const HOUR_S = 3_600;

interface Stored {
  access_token: string;
  refresh_token: string;
  expires_at: number;
}

/** A guest as a browser that keeps the cookie is one, and one that doesn't: then the answer has the refresh token. */
async function guestOf(stage: Stage, keepsCookies: boolean) {
  const headers = { Origin: stage.worker.url, Cookie: '__Host-wellchina-probe=1' };
  const reply = await stage.http('POST', '/api/session', { body: {}, ...(keepsCookies ? { headers } : {}) });
  const { user, accessToken, refreshToken } = JSON.parse(reply.text) as Session;
  const cookie = cookiesOf(reply);
  const held = refreshToken ?? /visitor=([^;]+)/u.exec(cookie)?.[1] ?? '';
  for (const secret of [accessToken, held]) stage.secrets.add(secret);
  return { id: user.id, token: accessToken, cookie, refreshToken: held };
}

/** Whom a refresh token still makes somebody. */
async function refreshes(stage: Stage, refreshToken: string, id: string): Promise<string> {
  const reply = await stage.http('POST', '/api/session', { body: { refreshToken } });
  const { user, accessToken } = JSON.parse(reply.text) as Session;
  stage.secrets.add(accessToken);
  return user.id === id ? 'the same person' : 'another person';
}

/** An agent at the desk: what their cookie holds. */
async function agentAtDesk(stage: Stage) {
  const { id, email, password } = await stage.account({ agent: {} });
  const reply = await stage.http('POST', '/agent/login', {
    headers: { ...FORM, Origin: stage.worker.url },
    body: new URLSearchParams({ email, password }).toString(),
  });
  const cookie = cookiesOf(reply);
  const cookies = new Map(parseCookieHeader(cookie).map(({ name, value = '' }) => [name, value]));
  const text = await combineChunks('wellchina-agent', (name) => cookies.get(name) ?? null);
  if (!text) throw new Error(`could not sign in: ${reply.status}`);
  const session = JSON.parse(stringFromBase64URL(text.replace(/^base64-/u, ''))) as Stored;
  for (const secret of [session.access_token, session.refresh_token]) stage.secrets.add(secret);
  return { id, cookie, session };
}

const leaveDesk = (stage: Stage, Cookie: string) =>
  stage.http('POST', '/agent/logout', { headers: { ...FORM, Origin: stage.worker.url, Cookie }, body: '' });

/** The token that somebody's browser has held for two hours. */
const ended = (stage: Stage, sub: string, isAnonymous: boolean) =>
  stage.forge.real(
    stage.forge.claims(sub, {
      iat: Math.floor(Date.now() / 1000) - 2 * HOUR_S,
      exp: Math.floor(Date.now() / 1000) - HOUR_S,
      is_anonymous: isAnonymous,
    }),
  );

/** Sockets live for a day and tokens for an hour: whoever signs out late has a token that is over. */
export const endings: Group = {
  title: 'When it ends',
  attacks: [
    attack(
      'a visitor signs out with a token that has ended: what the session still opens',
      'socket closed 4401; ticket closed 4401; refresh another person',
      (stage) =>
        each([true, false], async (keepsCookies) => {
          const guest = await guestOf(stage, keepsCookies);
          const room = await stage.room(guest);
          const socket = await stage.enter(room.id, guest.token);
          const { ticket } = await socket.next('welcome');
          stage.secrets.add(ticket);
          const token = await ended(stage, guest.id, true);
          await stage.http('DELETE', '/api/session', {
            token,
            ...(keepsCookies
              ? { headers: { Cookie: guest.cookie, Origin: stage.worker.url } }
              : { body: { refreshToken: guest.refreshToken } }),
          });
          return [
            `socket ${await socket.ending()}`,
            `ticket ${await stage.dial(`/rooms/${room.id}`, { ticket }).hello()}`,
            `refresh ${await refreshes(stage, guest.refreshToken, guest.id)}`,
          ].join('; ');
        }),
    ),
    attack(
      'an agent signs out with a token that has ended: what the session still opens',
      'lobby closed 4401; room closed 4401; signed out',
      async (stage) => {
        const [{ id, session }, room] = [await agentAtDesk(stage), await stage.room()];
        const lobby = stage.dial('/lobby', { bearer: session.access_token });
        await lobby.opening();
        const inside = await stage.enter(room.id, session.access_token);
        const late = {
          ...session,
          access_token: await ended(stage, id, false),
          expires_at: Math.floor(Date.now() / 1000) - HOUR_S,
        };
        const stored = Buffer.from(JSON.stringify(late)).toString('base64url');
        await leaveDesk(stage, `wellchina-agent=base64-${stored}`);
        const { status } = await stage.http('POST', '/agent/refresh', {
          headers: { Cookie: `wellchina-agent=base64-${stored}`, Origin: stage.worker.url },
        });
        return `lobby ${await lobby.ending()}; room ${await inside.ending()}; ${status === 401 ? 'signed out' : status}`;
      },
    ),
    attack(
      'an agent’s stolen token after they have signed out: the lobby, a room they were in, one they were never in',
      'lobby closed 4401; room closed 4401; other room closed 4401',
      async (stage) => {
        const [{ cookie, session }, room, other] = [
          await agentAtDesk(stage),
          await stage.room(),
          await stage.room(),
        ];
        const bearer = session.access_token;
        await stage.enter(room.id, bearer);
        await leaveDesk(stage, cookie);
        const opens = async (path: string) => {
          const socket = stage.dial(path, { bearer });
          await socket.opening();
          return socket.ending();
        };
        return `lobby ${await opens('/lobby')}; room ${await opens(`/rooms/${room.id}`)}; other room ${await opens(`/rooms/${other.id}`)}`;
      },
    ),
    attack(
      'signed out again and again, with nothing, somebody else’s refresh token, what is none',
      '204; nobody else signed out',
      async (stage) => {
        const [victim, thief] = [await guestOf(stage, false), await guestOf(stage, false)];
        const answer = await each(
          [
            {},
            { body: { refreshToken: 'x' } },
            { body: { refreshToken: `${victim.refreshToken}x` } },
            { token: thief.token },
            { token: thief.token },
          ],
          async (call) => said(await stage.http('DELETE', '/api/session', call)),
          JSON.stringify,
        );
        const still = await refreshes(stage, victim.refreshToken, victim.id);
        return `${answer}; ${still === 'the same person' ? 'nobody else' : 'somebody else'} signed out`;
      },
    ),
  ],
};
