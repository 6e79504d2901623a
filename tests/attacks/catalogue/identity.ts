import { createClient } from '@supabase/supabase-js';
import { exportSPKI, importJWK } from 'jose';
import { attack, each, type Group } from '../attack.ts';
import type { Guest, Stage } from '../stage.ts';
import { cookiesOf, said } from '../tools/http.ts';
import { tampered } from '../tools/tokens.ts';

/** What a credential opens: the API, the room, the lobby. */
async function opens(stage: Stage, roomId: string, bearer: string): Promise<string> {
  const reply = await stage.http('GET', '/api/conversations', { token: bearer });
  const room = stage.dial(`/rooms/${roomId}`, { bearer });
  const lobby = stage.dial('/lobby', { bearer });
  return `${said(reply)}; room ${await room.hello()}; lobby ${await lobby.opening().then((how) => (how === 'open' ? lobby.ending() : how))}`;
}

const REFUSED = '401 unauthorized; room closed 4401; lobby closed 4401';

/** A list of bad tokens of the person whose room it is: none may open it. */
function bad(make: (stage: Stage, visitor: Guest) => Promise<readonly string[]>) {
  return async (stage: Stage) => {
    const room = await stage.room();
    return each(await make(stage, room.visitor), (token) => opens(stage, room.id, token));
  };
}

async function ticketOf(stage: Stage, roomId: string, token: string): Promise<string> {
  const socket = await stage.enter(roomId, token);
  const { ticket } = await socket.next('welcome');
  stage.secrets.add(ticket);
  socket.close();
  return ticket;
}

const byTicket = (stage: Stage, roomId: string, ticket: string) =>
  stage.dial(`/rooms/${roomId}`, { ticket }).hello();

/** Whether somebody may do what agents do. */
async function actsAsAgent(stage: Stage, token: string): Promise<string> {
  const room = await stage.room();
  const accepted = await stage.act(token, room.id, 'accept');
  const lobby = stage.dial('/lobby', { bearer: token });
  await lobby.opening();
  return `${said(accepted)}; room ${await stage.dial(`/rooms/${room.id}`, { bearer: token }).hello()}; lobby ${await lobby.ending()}`;
}

export const identity: Group = {
  title: 'Who somebody is',
  attacks: [
    attack(
      'tokens of another project: another key under our key’s name, another issuer',
      REFUSED,
      bad(async ({ forge }, { id }) => [
        await forge.foreign(forge.claims(id)),
        await forge.foreign(forge.claims(id), { kid: 'unknown' }),
        await forge.foreign(forge.claims(id), { kid: '../../../dev/null' }),
        await forge.real(forge.claims(id, { iss: 'https://other.supabase.co/auth/v1' })),
        await forge.real(forge.claims(id, { iss: `${forge.issuer}/` })),
        await forge.real(forge.claims(id, { iss: undefined })),
      ]),
    ),
    attack(
      'a key brought along in the header (jwk, jku, x5u)',
      REFUSED,
      bad(async ({ forge }, { id }) => [
        await forge.foreign(forge.claims(id), { jwk: forge.publicJwk }),
        await forge.foreign(forge.claims(id), { jku: 'http://127.0.0.1:1/keys', kid: 'mine' }),
        await forge.foreign(forge.claims(id), { x5u: 'http://127.0.0.1:1/cert' }),
      ]),
    ),
    attack(
      'another audience, another role',
      REFUSED,
      bad(async ({ forge }, { id }) => [
        await forge.real(forge.claims(id, { aud: 'other' })),
        await forge.real(forge.claims(id, { aud: ['other'] })),
        await forge.real(forge.claims(id, { aud: undefined })),
        await forge.real(forge.claims(id, { aud: 'wellchina-room-ticket' })),
        await forge.real(forge.claims(id, { role: 'anon' })),
        await forge.real(forge.claims(id, { role: 'service_role' })),
        await forge.real(forge.claims(id, { role: 'postgres' })),
        await forge.real(forge.claims(id, { role: undefined })),
      ]),
    ),
    attack(
      'alg: none, in every spelling',
      REFUSED,
      bad(async ({ forge }, { id }) =>
        ['none', 'None', 'NONE', 'nOnE', '', 'HS256', 'ES256'].map((alg) =>
          forge.unsigned(forge.claims(id), alg),
        ),
      ),
    ),
    attack(
      'HS256 signed with the public key (as JWK, PEM, coordinates) or the anonymous key',
      REFUSED,
      bad(async ({ forge, backend }, { id }) => {
        const pem = await exportSPKI(
          (await importJWK(forge.publicJwk, 'ES256', { extractable: true })) as CryptoKey,
        );
        const secrets = [
          JSON.stringify(forge.publicJwk),
          pem,
          pem.trim(),
          `${forge.publicJwk.x}`,
          backend.anonKey,
          '\u0000'.repeat(32),
        ];
        return Promise.all(
          secrets.map((secret) =>
            forge.symmetric(forge.claims(id), new TextEncoder().encode(secret.padEnd(32))),
          ),
        );
      }),
    ),
    attack(
      'expired, without an end, not valid yet, without a subject, for another kind of subject',
      REFUSED,
      bad(async ({ forge }, { id }) => {
        const now = Math.floor(Date.now() / 1000);
        return [
          await forge.real(forge.claims(id, { exp: now - 1, iat: now - 3600 })),
          await forge.real(forge.claims(id, { exp: undefined })),
          await forge.real(forge.claims(id, { nbf: now + 600 })),
          await forge.real(forge.claims(id, { sub: undefined })),
          await forge.real(forge.claims(id, { sub: 'admin' })),
          await forge.real(forge.claims(id, { sub: `${id}' or '1'='1` })),
        ];
      }),
    ),
    attack('a token with its subject, role or end changed, or cut off', REFUSED, async (stage) => {
      const [room, other] = [await stage.room(), await stage.guest()];
      const tokens = [
        tampered(other.token, (payload) => Object.assign(payload, { sub: room.visitor.id })),
        tampered(other.token, (payload) => Object.assign(payload, { is_anonymous: false })),
        tampered(room.visitor.token, (payload) => Object.assign(payload, { exp: 9_999_999_999 })),
        room.visitor.token.slice(0, -4),
        room.visitor.token.split('.').slice(0, 2).join('.'),
        'x',
        'a.b.c',
      ];
      return each(tokens, (token) => opens(stage, room.id, token));
    }),
    attack(
      'the project’s API keys as a bearer token',
      REFUSED,
      bad(async ({ backend }) => [backend.anonKey, backend.serviceRoleKey]),
    ),
    attack('a ticket as a bearer token', REFUSED, async (stage) => {
      const room = await stage.room();
      return opens(stage, room.id, await ticketOf(stage, room.id, room.visitor.token));
    }),
    attack('an access token as a ticket', 'closed 4401', async (stage) => {
      const room = await stage.room();
      return byTicket(stage, room.id, room.visitor.token);
    }),
    attack(
      'a ticket of another room, also beside another’s valid token',
      'closed 4401; closed 4404',
      async (stage) => {
        const [mine, other] = [await stage.room(), await stage.room()];
        const ticket = await ticketOf(stage, mine.id, mine.visitor.token);
        const both = stage.dial(`/rooms/${other.id}`, { ticket, bearer: mine.visitor.token });
        return `${await byTicket(stage, other.id, ticket)}; ${await both.hello()}`;
      },
    ),
    attack(
      'a ticket with another room, person, role or end written into it',
      'closed 4401',
      async (stage) => {
        const [mine, other] = [await stage.room(), await stage.room()];
        const ticket = await ticketOf(stage, mine.id, mine.visitor.token);
        const changes: [string, (payload: Record<string, unknown>) => void][] = [
          [other.id, (payload) => Object.assign(payload, { room: other.id })],
          [mine.id, (payload) => Object.assign(payload, { sub: other.visitor.id })],
          [
            mine.id,
            (payload) =>
              Object.assign(payload, {
                person: { ...(payload.person as object), role: 'agent', isAdmin: true },
              }),
          ],
          [mine.id, (payload) => Object.assign(payload, { exp: 9_999_999_999 })],
        ];
        return each(
          changes,
          ([id, change]) => byTicket(stage, id, tampered(ticket, change)),
          ([id]) => id,
        );
      },
    ),
    attack(
      'a ticket signed with an empty secret, the anonymous key, or not at all',
      'closed 4401',
      async (stage) => {
        const room = await stage.room();
        const person = {
          role: 'agent',
          name: 'M',
          isAnonymous: false,
          avatarUrl: null,
          isAdmin: true,
          maxChats: 9,
        };
        const claims = stage.forge.claims(room.visitor.id, {
          aud: 'wellchina-room-ticket',
          room: room.id,
          person,
        });
        const tickets = [
          await stage.forge.symmetric(claims, new Uint8Array(32)),
          await stage.forge.symmetric(claims, new TextEncoder().encode(stage.backend.anonKey)),
          await stage.forge.symmetric(claims, new TextEncoder().encode(stage.backend.serviceRoleKey)),
          await stage.forge.real(claims),
          stage.forge.unsigned(claims, 'none'),
          stage.forge.unsigned(claims, 'HS256'),
        ];
        return each(tickets, (ticket) => byTicket(stage, room.id, ticket));
      },
    ),
    attack(
      'socket, ticket and token after signing out',
      'closed 4401; ticket closed 4401; token closed 4401',
      async (stage) => {
        const room = await stage.room();
        const live = await stage.enter(room.id, room.visitor.token);
        const { ticket } = await live.next('welcome');
        await stage.http('DELETE', '/api/session', { token: room.visitor.token });
        return `${await live.ending()}; ticket ${await byTicket(stage, room.id, ticket)}; token ${await stage.dial(`/rooms/${room.id}`, { bearer: room.visitor.token }).hello()}`;
      },
    ),
    attack('the ticket of an old conversation after signing out', 'closed 4401', async (stage) => {
      const visitor = await stage.guest();
      const first = await stage.room(visitor);
      const ticket = await ticketOf(stage, first.id, visitor.token);
      for (let count = 0, open = first; count < 21; count++) {
        await stage.act(visitor.token, open.id, 'close');
        open = await stage.room(visitor);
      }
      await stage.http('DELETE', '/api/session', { token: visitor.token });
      return byTicket(stage, first.id, ticket);
    }),
    attack('the refresh token after signing out', 'another person', async (stage) => {
      const reply = await stage.http('POST', '/api/session', { body: {} });
      const { refreshToken, accessToken, user } = JSON.parse(reply.text);
      for (const secret of [refreshToken, accessToken]) stage.secrets.add(secret);
      await stage.http('DELETE', '/api/session', { token: accessToken });
      const again = JSON.parse((await stage.http('POST', '/api/session', { body: { refreshToken } })).text);
      stage.secrets.add(again.accessToken);
      return again.user.id === user.id ? 'the same person' : 'another person';
    }),
    attack('a token of a deleted user', '401 unauthorized; list empty; room closed 4404', async (stage) => {
      const room = await stage.room();
      await stage.admin().deleteUser(room.visitor.id);
      const { token } = room.visitor;
      const body = { firstMessage: { id: crypto.randomUUID(), text: 'still here?' } };
      const created = await stage.http('POST', '/api/conversations', { token, body });
      const list = JSON.parse((await stage.http('GET', '/api/conversations', { token })).text).conversations
        .length;
      return `${said(created)}; list ${list === 0 ? 'empty' : list}; room ${await stage.dial(`/rooms/${room.id}`, { bearer: token }).hello()}`;
    }),
    attack(
      'user_metadata.role = agent, set by oneself',
      '403 forbidden; room closed 4404; lobby closed 4403',
      async (stage) => {
        const { email, password } = await stage.account();
        const client = createClient(stage.backend.supabaseUrl, stage.backend.anonKey, {
          auth: { persistSession: false, autoRefreshToken: false },
        });
        await client.auth.signInWithPassword({ email, password });
        await client.auth.updateUser({
          data: { role: 'agent', is_agent: true, app_metadata: { role: 'admin' }, is_anonymous: false },
        });
        const { data } = await client.auth.refreshSession();
        const token = data.session?.access_token ?? '';
        stage.secrets.add(token);
        return actsAsAgent(stage, token);
      },
    ),
    attack(
      'app_metadata.role = agent without a row among the agents',
      '403 forbidden; room closed 4404; lobby closed 4403',
      async (stage) => {
        const { token } = await stage.account({ appMetadata: { role: 'admin', roles: ['agent'] } });
        return actsAsAgent(stage, token);
      },
    ),
    attack(
      'a guest with an agent’s row',
      '403 forbidden; room closed 4404; lobby closed 4403',
      async (stage) => {
        const { id, token } = await stage.guest();
        await stage.sql`insert into public.chat_agents (id, name) values (${id}, 'Guest at the desk')`;
        return actsAsAgent(stage, token);
      },
    ),
    attack('a deactivated agent', '403 forbidden; room closed 4404; lobby closed 4403', async (stage) => {
      const { token } = await stage.account({ agent: { active: false } });
      return actsAsAgent(stage, token);
    }),
    attack(
      'an agent deactivated while connected',
      '403 forbidden; lobby closed 4403; room closed 4403; ticket closed 4401',
      async (stage) => {
        const agent = await stage.account({ agent: {} });
        const room = await stage.room();
        const lobby = stage.dial('/lobby', { bearer: agent.token });
        await lobby.opening();
        const inside = await stage.enter(room.id, agent.token);
        const { ticket } = await inside.next('welcome');
        await stage.sql`update public.chat_agents set active = false where id = ${agent.id}`;
        const refused = said(await stage.act(agent.token, room.id, 'accept'));
        // Somebody whom the lobby doesn't know arrives: it reads its agents again.
        await stage.dial('/lobby', { bearer: (await stage.account({ agent: {} })).token }).opening();
        return `${refused}; lobby ${await lobby.ending()}; room ${await inside.ending()}; ticket ${await byTicket(stage, room.id, ticket)}`;
      },
    ),
    attack(
      'an agent whose account is deleted while connected',
      '403 forbidden; lobby closed 4403; room closed 4403',
      async (stage) => {
        const agent = await stage.account({ agent: {} });
        const room = await stage.room();
        const lobby = stage.dial('/lobby', { bearer: agent.token });
        await lobby.opening();
        const inside = await stage.enter(room.id, agent.token);
        await stage.admin().deleteUser(agent.id);
        const refused = said(await stage.act(agent.token, room.id, 'accept'));
        await stage.dial('/lobby', { bearer: (await stage.account({ agent: {} })).token }).opening();
        return `${refused}; lobby ${await lobby.ending()}; room ${await inside.ending()}`;
      },
    ),
    attack('tokens in the URL', '401 unauthorized; 403', async (stage) => {
      const room = await stage.room();
      const { token } = room.visitor;
      const query = `access_token=${token}&token=${token}&bearer=${token}&apikey=${token}`;
      const reply = await stage.http('GET', `/api/conversations?${query}`);
      return `${said(reply)}; ${await stage.dial(`/rooms/${room.id}?${query}`).hello()}`;
    }),
    attack(
      'a visitor’s cookie that holds an agent’s name, cookies that are no sessions',
      '401 unauthorized',
      async (stage) => {
        const forged = Buffer.from(
          JSON.stringify({
            access_token: stage.forge.unsigned(
              stage.forge.claims(crypto.randomUUID(), { is_anonymous: false }),
              'none',
            ),
          }),
        ).toString('base64url');
        const cookies = [
          `wellchina-agent=base64-${forged}`,
          'wellchina-agent=base64-%%%',
          'wellchina-agent=base64-!!!!',
          'wellchina-agent={"access_token":{}}',
          'wellchina-agent=null',
          'wellchina-agent.0=a; wellchina-agent.1=b; wellchina-agent.9999=c',
          `wellchina-agent=${'a'.repeat(8_000)}`,
          '=; ;;; wellchina-agent',
        ];
        return each(cookies, async (Cookie) =>
          said(
            await stage.http('GET', '/api/conversations', { headers: { Cookie, Origin: stage.worker.url } }),
          ),
        );
      },
    ),
    attack('the desk with cookies that are no sessions', '302 to /agent/login', async (stage) =>
      each(
        [
          'wellchina-agent=base64-%%%',
          'wellchina-agent=base64-!!!!',
          'wellchina-agent={"access_token":{}}',
          'wellchina-agent=null',
          'wellchina-agent=base64-bnVsbA',
          'wellchina-agent=base64-_____w',
          `wellchina-agent=base64-${Buffer.from('{"access_token":"x","refresh_token":1,"expires_at":"x","user":7}').toString('base64url')}`,
          // As it should be but for the truth: Auth refuses it, and the log has to stay as it was.
          `wellchina-agent=base64-${Buffer.from('{"access_token":"x","refresh_token":"made-up","expires_at":1,"user":null}').toString('base64url')}`,
        ],
        async (Cookie) => {
          const reply = await stage.http('GET', '/agent', { headers: { Cookie } });
          return `${reply.status} to ${String(reply.headers.location).split('?')[0]}`;
        },
      ),
    ),
    attack(
      'another’s refresh token in the cookie is a person of its own session only',
      'two people',
      async (stage) => {
        const first = await stage.http('POST', '/api/session', { body: {} });
        const second = await stage.http('POST', '/api/session', {
          headers: { Cookie: `${cookiesOf(first)}x`, Origin: stage.worker.url },
          body: {},
        });
        const [one, two] = [first, second].map(({ text }) => JSON.parse(text));
        for (const { accessToken } of [one, two]) stage.secrets.add(accessToken);
        return one.user.id === two.user.id ? 'one person' : 'two people';
      },
    ),
  ],
};
