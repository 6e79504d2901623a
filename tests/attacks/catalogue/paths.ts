import { attack, each, type Group } from '../attack.ts';
import type { Stage } from '../stage.ts';
import { bytes, said, statusesIn } from '../tools/http.ts';
import { StubbornSocket } from '../tools/stubborn.ts';

const UPGRADE = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
};

/** What a raw request line gets, and whether it led anywhere else. */
async function line(stage: Stage, request: string): Promise<string> {
  const came = await bytes(
    stage.worker.url,
    `${request} HTTP/1.1\r\nHost: ${new URL(stage.worker.url).host}\r\nConnection: close\r\n\r\n`,
  );
  const to = /^location: (\S+)/imu.exec(came)?.[1];
  return `${statusesIn(came)}${to && new URL(to, stage.worker.url).origin !== stage.worker.url ? ` to ${to}` : ''}`;
}

/** Whether the Worker still answers, as the same process. */
async function lives(stage: Stage): Promise<string> {
  const reply = await stage.http('GET', '/healthz');
  return reply.status === 200 ? 'healthy' : `healthz ${reply.status}`;
}

export const paths: Group = {
  title: 'Addresses and methods',
  attacks: [
    attack('methods that an address doesn’t take', '405 method_not_allowed', async (stage) => {
      const { token } = await stage.guest();
      const tries = [
        ['PUT', '/api/conversations'],
        ['DELETE', '/api/conversations'],
        ['PATCH', '/api/conversations'],
        ['GET', '/api/session'],
        ['PUT', '/api/session'],
        ['POST', `/api/conversations/${crypto.randomUUID()}/messages`],
        ['DELETE', `/api/conversations/${crypto.randomUUID()}/messages`],
        ['PUT', `/api/conversations/${crypto.randomUUID()}/close`],
        ['GET', `/api/conversations/${crypto.randomUUID()}/close`],
      ] as const;
      return each(
        tries,
        async ([method, path]) => said(await stage.http(method, path, { token })),
        ([method, path]) => `${method} ${path.slice(0, 20)}…${path.slice(-9)}`,
      );
    }),
    attack(
      'a method said twice: X-HTTP-Method-Override, _method',
      '405 method_not_allowed',
      async (stage) => {
        const { token } = await stage.guest();
        return each(['X-HTTP-Method-Override', 'X-Method-Override', '_method'], async (name) =>
          said(
            await stage.http('GET', `/api/session?_method=DELETE`, { token, headers: { [name]: 'DELETE' } }),
          ),
        );
      },
    ),
    attack('a room without an upgrade', '426', async (stage) => {
      const room = await stage.room();
      return each(['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS'], async (method) =>
        String((await stage.http(method, `/rooms/${room.id}`, { token: room.visitor.token })).status),
      );
    }),
    attack('an upgrade to something else', '426', async (stage) => {
      const room = await stage.room();
      return each(['h2c', 'websocket2', 'TLS/1.0'], async (Upgrade) =>
        String(
          (
            await stage.http('GET', `/rooms/${room.id}`, {
              token: room.visitor.token,
              headers: { Upgrade, Connection: 'Upgrade' },
            })
          ).status,
        ),
      );
    }),
    attack('a WebSocket on /healthz, /api, /agent, /widget, a file', 'no socket', async (stage) => {
      const { token } = await stage.guest();
      return each(
        [
          '/healthz',
          '/api/session',
          '/api/conversations',
          `/api/conversations/${crypto.randomUUID()}/messages`,
          '/agent',
          '/agent/login',
          '/widget',
          '/widget.js',
          '/',
          '/lobby/',
          '/rooms',
          '/rooms/',
        ],
        async (path) => {
          const how = await stage
            .dial(path, { bearer: token, headers: { Origin: stage.worker.url } })
            .opening();
          return how === 'open' || how.startsWith('closed') ? how : 'no socket';
        },
      );
    }),
    attack('/rooms/..%2f and other ways out of the address', 'closed 4404', async (stage) => {
      const { token } = await stage.guest();
      return each(
        [
          '..%2f',
          '..%2flobby',
          '%2e%2e%2flobby',
          '..%5clobby',
          'x%00',
          '%',
          '%zz',
          '%ff',
          '%0d%0aSet-Cookie:%20a=b',
          "1'%20or%20'1'='1",
          `${crypto.randomUUID()}%2fx`,
          'lobby',
          '__proto__',
          'constructor',
          `%20${crypto.randomUUID()}`,
        ],
        (id) => stage.dial(`/rooms/${id}`, { bearer: token }).hello(),
      );
    }),
    attack(
      'paths that don’t decode, that climb, that double their slashes',
      'an answer of 404, 400 or the home page, nowhere else; healthy',
      async (stage) => {
        const tries = [
          '/%',
          '/%zz',
          '/%ff',
          '/agent/%E0%A4%A',
          '/api/%ff',
          '/widget/%',
          '/..%2f..%2fetc/passwd',
          '/../../etc/passwd',
          '/assets/..%2f..%2f..%2fwrangler.toml',
          '/widget/../../.dev.vars',
          '/.env',
          '/.git/config',
          '/.data/running.json',
          '//evil.test',
          '//evil.test/%2e%2e',
          '///evil.test//',
          '/\\evil.test',
          '//evil.test/index.html',
          '//healthz',
          '/healthz/',
          '/healthz%00',
          '//rooms/x',
          '/index.html',
          '/./',
          '/a/./../b',
          '/;/agent',
          '/agent;x',
          '/%61gent%2flogin',
        ];
        const answer = await each(tries, async (path) => {
          const said = await line(stage, `GET ${path}`);
          return /^(?:200|301|302|307|308|400|404|426)$/u.test(said)
            ? 'an answer of 404, 400 or the home page, nowhere else'
            : said;
        });
        return `${answer}; ${await lives(stage)}`;
      },
    ),
    attack('secrets and sources by name', 'not given out', (stage) =>
      each(
        [
          '/.env',
          '/.dev.vars',
          '/wrangler.toml',
          '/package.json',
          '/.git/HEAD',
          '/.data/auth/keys.json',
          '/server/index.js',
          '/build/server/index.js',
          '/workers/app.ts',
          '/app/root.tsx',
          '/assets/entry.client.js.map',
        ],
        async (path) => {
          const reply = await stage.http('GET', path);
          return reply.status === 404 ? 'not given out' : String(reply.status);
        },
      ),
    ),
    attack(
      'request smuggling: two lengths, length and chunks, a chunk that lies, bare line feeds',
      'one refusal, nothing smuggled; healthy',
      async (stage) => {
        const { host } = new URL(stage.worker.url);
        const smuggled = `GET /healthz HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
        const head = `POST /api/session HTTP/1.1\r\nHost: ${host}\r\n`;
        const tries = [
          `${head}Content-Length: 2\r\nContent-Length: 40\r\n\r\n{}${smuggled}`,
          `${head}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
          `${head}Transfer-Encoding: xchunked\r\nContent-Length: 2\r\n\r\n{}${smuggled}`,
          `${head}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n${smuggled}`,
          `${head}Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n${smuggled}`,
          `${head}Content-Length: -1\r\n\r\n${smuggled}`,
          `${head}Content-Length: 99999999999999999999\r\n\r\n${smuggled}`,
        ];
        const answer = await each(
          tries,
          async (payload) => {
            const came = await bytes(stage.worker.url, payload);
            // Whatever follows the first answer must not be the smuggled request's: only its body would say so.
            return came.includes('"database":true')
              ? `smuggled: ${statusesIn(came)}`
              : 'one refusal, nothing smuggled';
          },
          (payload) => payload.slice(payload.indexOf('Host'), 160).replaceAll('\r\n', ' '),
        );
        return `${answer}; ${await lives(stage)}`;
      },
    ),
    attack('headers that only the Worker may set', 'closed 4404', async (stage) => {
      const [room, { token, id }] = [await stage.room(), await stage.guest()];
      const person = {
        id,
        role: 'agent',
        name: 'M',
        isAnonymous: false,
        avatarUrl: null,
        isAdmin: true,
        maxChats: 9,
      };
      const header = encodeURIComponent(
        JSON.stringify({ person, ticket: 'x', expiresAt: 9e15, conversationId: room.id, issuedAt: 9e15 }),
      );
      return stage
        .dial(`/rooms/${room.id}`, { bearer: token, headers: { 'x-wellchina-socket': header } })
        .hello();
    }),
    attack('subprotocols: none, another version, odd ones', 'closed 4409', async (stage) => {
      const room = await stage.room();
      return each(
        [
          ['wellchina.v0'],
          ['wellchina.v2'],
          ['x'],
          ['WELLCHINA.V1'],
          ['__proto__'],
          ['wellchina.v1x'],
          ['graphql-ws', 'wellchina'],
        ],
        (protocols) =>
          stage
            .dial(`/rooms/${room.id}`, { bearer: room.visitor.token, protocols })
            .opening()
            .then((how) =>
              how === 'open'
                ? stage.dial(`/rooms/${room.id}`, { bearer: room.visitor.token, protocols }).ending()
                : how,
            ),
        (protocols) => protocols.join(),
      );
    }),
    attack('a handshake that isn’t one', 'no socket; healthy', async (stage) => {
      const room = await stage.room();
      const { token } = room.visitor;
      const answer = await each(
        [
          { ...UPGRADE, 'Sec-WebSocket-Version': '12' },
          { ...UPGRADE, 'Sec-WebSocket-Key': '' },
          { ...UPGRADE, Upgrade: 'websocket, h2c' },
        ],
        async (headers) => {
          const { host } = new URL(stage.worker.url);
          const lines = Object.entries({
            Host: host,
            Authorization: `Bearer ${token}`,
            'Sec-WebSocket-Protocol': 'wellchina.v1',
            ...headers,
          }).map(([name, value]) => `${name}: ${value}\r\n`);
          const came = await bytes(
            stage.worker.url,
            `GET /rooms/${room.id} HTTP/1.1\r\n${lines.join('')}\r\n`,
          );
          return came.startsWith('HTTP/1.1 101') ? 'a socket' : 'no socket';
        },
        JSON.stringify,
      );
      return `${answer}; ${await lives(stage)}`;
    }),
    attack(
      'frames that break WebSocket itself: unmasked, reserved bits, unknown opcodes, a length of exabytes, no UTF-8',
      'no answer outside the protocol; the room lives',
      async (stage) => {
        const { room, socket } = await stage.roomWithSocket();
        const breaks: ((stubborn: StubbornSocket) => void)[] = [
          (stubborn) => stubborn.bytes(Buffer.from([0x81, 0x02, 0x7b, 0x7d])),
          (stubborn) => stubborn.frame(0xf1, Buffer.from('{}')),
          (stubborn) => stubborn.frame(0x83, Buffer.from('{}')),
          (stubborn) => stubborn.frame(0x8f, Buffer.alloc(125)),
          (stubborn) => stubborn.frame(0x80, Buffer.from('{}')),
          (stubborn) => stubborn.frame(0x09, Buffer.from('fragmented ping')),
          (stubborn) =>
            stubborn.bytes(
              Buffer.from([0x81, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]),
            ),
          (stubborn) => stubborn.frame(0x81, Buffer.from([0x7b, 0xff, 0xc0, 0xed, 0xa0, 0x80, 0x7d])),
          (stubborn) => stubborn.frame(0x88, Buffer.from([0x00])),
          (stubborn) => stubborn.frame(0x88, Buffer.from([0x00, 0x01])),
        ];
        const answers = new Set<string>();
        for (const broken of breaks) {
          const stubborn = new StubbornSocket(stage.worker.url, `/rooms/${room.id}`, [
            'wellchina.v1',
            `bearer.${room.visitor.token}`,
          ]);
          stubborn.send({ t: 'hello', after: null });
          broken(stubborn);
          await new Promise((resolve) => setTimeout(resolve, 60));
          stubborn.destroy();
          for (const text of stubborn.texts) {
            const { t, code } = JSON.parse(text) as { t: string; code?: string };
            if (t === 'error' && code !== 'invalid') answers.add(`${t} ${code}`);
          }
        }
        const goes =
          (await socket.ask({ t: 'history', before: 1 })) === 'history' && socket.foreign.length === 0;
        return `${answers.size === 0 ? 'no answer outside the protocol' : [...answers].join()}; the room ${goes ? 'lives' : 'is dead'}`;
      },
    ),
  ],
};
