import { randomUUID } from 'node:crypto';
import { createdConversationSchema } from '../../../app/protocol/http.ts';
import { SYSTEM_SENDER } from '../../../app/protocol/model.ts';
import { attack, each, type Group } from '../attack.ts';
import { CANARY, type Stage } from '../stage.ts';
import { type Reply, said } from '../tools/http.ts';
import { StubbornSocket } from '../tools/stubborn.ts';

/** Everything a stranger may ask of a conversation: messages, close, and its socket. */
async function strangerAsks(stage: Stage, token: string, id: string): Promise<string> {
  const messages = await stage.http('GET', `/api/conversations/${id}/messages`, { token });
  const close = await stage.act(token, id, 'close');
  return `${said(messages)}, ${said(close)}, ${await stage.dial(`/rooms/${id}`, { bearer: token }).hello()}; ${bodyOf(messages)}`;
}

const bodyOf = ({ text }: Reply) => (JSON.parse(text) as { detail: string }).detail;

const ACTIONS = ['accept', 'take-over', 'transfer', 'reopen'] as const;

export const access: Group = {
  title: 'What somebody may do',
  attacks: [
    attack(
      'another’s conversation, one that isn’t, ids that are none: one answer for all',
      '404 not_found, 404 not_found, closed 4404; There is no such conversation.',
      async (stage) => {
        const [other, { token }] = [await stage.room(), await stage.guest()];
        const [message] = await stage.log(other.id, other.visitor.token);
        const ids = [
          other.id,
          other.id.toUpperCase(),
          message?.id ?? '',
          other.firstId,
          other.visitor.id,
          randomUUID(),
          SYSTEM_SENDER,
          'x',
          '1',
          `${other.id}%00`,
          `${other.id}'--`,
          `%7B${other.id}%7D`,
        ];
        return each(ids, (id) => strangerAsks(stage, token, id));
      },
    ),
    attack('another’s conversation in one’s own list, by cursor', 'only one’s own', async (stage) => {
      const [other, mine] = [await stage.room(), await stage.room()];
      const cursor = `${new Date(Date.now() + 3_600_000).toISOString()}~${other.id}`;
      const ids: string[] = [];
      for (const query of ['', '?status=open', '?limit=100', `?before=${encodeURIComponent(cursor)}`]) {
        const reply = await stage.http('GET', `/api/conversations${query}`, { token: mine.visitor.token });
        ids.push(...(JSON.parse(reply.text).conversations as { id: string }[]).map(({ id }) => id));
      }
      return ids.every((id) => id === mine.id) ? 'only one’s own' : ids.join();
    }),
    attack(
      'a guest accepts, takes over, transfers, reopens (their own and another’s)',
      '403 forbidden',
      async (stage) => {
        const [mine, other] = [await stage.room(), await stage.room()];
        const tries = ACTIONS.flatMap((action) => [mine.id, other.id].map((id) => ({ action, id })));
        return each(
          tries,
          async ({ action, id }) =>
            said(await stage.act(mine.visitor.token, id, action, { agentId: mine.visitor.id })),
          ({ action }) => action,
        );
      },
    ),
    attack('actions that don’t exist', '404 not_found', async (stage) => {
      const room = await stage.room();
      return each(
        ['delete', 'assign', 'Accept', 'constructor', '__proto__', 'toString', 'take_over'],
        async (action) => said(await stage.act(room.visitor.token, room.id, action)),
      );
    }),
    attack(
      'creation with agent_id, status, visitor_id, seq, epoch, role in the body',
      '201; waiting, no agent, own visitor, rev 0, seq 1, no metadata shown',
      async (stage) => {
        const [visitor, other, agent] = [
          await stage.guest(),
          await stage.guest(),
          await stage.account({ agent: {} }),
        ];
        const body = {
          id: randomUUID(),
          agent_id: agent.id,
          agentId: agent.id,
          status: 'closed',
          visitor_id: other.id,
          visitorId: other.id,
          epoch: 99,
          rev: 99,
          created_at: '1999-01-01',
          context: { agent_id: agent.id, status: 'active', page: 'home', isAdmin: true },
          firstMessage: {
            id: randomUUID(),
            text: CANARY,
            senderRole: 'agent',
            senderId: agent.id,
            seq: 7,
            at: '1999-01-01T00:00:00Z',
            kind: 'system',
          },
        };
        const reply = await stage.http('POST', '/api/conversations', { token: visitor.token, body });
        const { conversation, ack } = createdConversationSchema.parse(JSON.parse(reply.text));
        const [row] =
          await stage.sql`select agent_id, status, visitor_id, epoch::int, metadata from conversations where id = ${conversation.id}`;
        const held =
          row?.agent_id === null &&
          row.status === 'waiting' &&
          row.visitor_id === visitor.id &&
          row.epoch === 1 &&
          JSON.stringify(row.metadata) === '{"page":"home"}';
        if (!held) return JSON.stringify(row);
        return `${reply.status}; ${conversation.status}, ${conversation.agent ? 'an' : 'no'} agent, ${conversation.visitor.id === visitor.id ? 'own' : 'another'} visitor, rev ${conversation.rev}, seq ${ack?.seq}, ${conversation.metadata ? 'metadata' : 'no metadata'} shown`;
      },
    ),
    attack('an agent begins a conversation', '403 forbidden, none made', async (stage) => {
      const { id, token } = await stage.account({ agent: {} });
      const body = { firstMessage: { id: randomUUID(), text: 'x' } };
      const reply = await stage.http('POST', '/api/conversations', { token, body });
      const made = await stage.sql`select from public.conversations where visitor_id = ${id}`;
      return `${said(reply)}, ${made.length === 0 ? 'none made' : 'one made'}`;
    }),
    attack(
      'a transcript, an export, an attachment, by every address it may have: one’s own, another’s, nobody’s',
      'nothing, and the same for all of them',
      async (stage) => {
        const [mine, other] = [await stage.room(), await stage.room()];
        const { token } = mine.visitor;
        return each(
          ['transcript', 'export', 'attachments', `attachments/${randomUUID()}`, 'messages/1'],
          async (what) => {
            const answers = new Set<string>();
            for (const id of [mine.id, other.id, randomUUID(), 'x']) {
              const reply = await stage.http('GET', `/api/conversations/${id}/${what}`, { token });
              answers.add(`${said(reply)} ${reply.text}`);
            }
            const [answer = ''] = answers;
            return answers.size === 1 && /^(?:404 not_found|405 method_not_allowed)/u.test(answer)
              ? 'nothing, and the same for all of them'
              : [...answers].join(' / ').slice(0, 300);
          },
        );
      },
    ),
    attack(
      'a first message under an id that another has used',
      '201, its own conversation',
      async (stage) => {
        const [other, visitor] = [await stage.room(), await stage.guest()];
        const body = { firstMessage: { id: other.firstId, text: `${CANARY} squats` } };
        const reply = await stage.http('POST', '/api/conversations', { token: visitor.token, body });
        const { conversation } = createdConversationSchema.parse(JSON.parse(reply.text));
        return `${reply.status}, ${conversation.id === other.id ? 'the other’s' : 'its own'} conversation`;
      },
    ),
    attack(
      'the first message again under an upper-case id, then with another text',
      '200, the same conversation and ack; 409 conflict',
      async (stage) => {
        const room = await stage.room();
        const send = (id: string, text: string) =>
          stage.http('POST', '/api/conversations', {
            token: room.visitor.token,
            body: { firstMessage: { id, text } },
          });
        const again = await send(room.firstId.toUpperCase(), `${CANARY} says hello`);
        const { conversation, ack } = createdConversationSchema.parse(JSON.parse(again.text));
        const same = conversation.id === room.id && ack?.seq === 1;
        return `${again.status}, ${same ? 'the same' : 'another'} conversation and ack; ${said(await send(room.firstId, 'another text'))}`;
      },
    ),
    attack('ten first messages at once', 'one conversation, ten rows', async (stage) => {
      const visitor = await stage.guest();
      const replies = await Promise.all(
        Array.from({ length: 10 }, (_, index) =>
          stage.http('POST', '/api/conversations', {
            token: visitor.token,
            body: { firstMessage: { id: randomUUID(), text: `${CANARY} ${index}` } },
          }),
        ),
      );
      const ids = new Set(
        replies.map(({ text }) => createdConversationSchema.parse(JSON.parse(text)).conversation.id),
      );
      const log = await stage.log([...ids][0] ?? '', visitor.token);
      const rows = new Set(log.filter(({ senderRole }) => senderRole === 'visitor').map(({ text }) => text));
      return `${ids.size === 1 ? 'one conversation' : `${ids.size} conversations`}, ${rows.size === 10 ? 'ten rows' : `${rows.size} rows`}`;
    }),
    attack(
      'an agent writes, types and reads marks in a conversation that isn’t theirs',
      'forbidden; no mark, no typing',
      async (stage) => {
        const { room, socket } = await stage.roomWithSocket();
        const [its, other] = [await stage.account({ agent: {} }), await stage.account({ agent: {} })];
        await stage.act(its.token, room.id, 'accept');
        const intruder = await stage.enter(room.id, other.token);
        intruder.send({ t: 'typing', on: true });
        intruder.send({ t: 'read', seq: 2 });
        const answer = await intruder.ask({
          t: 'send',
          id: randomUUID(),
          kind: 'text',
          text: 'I am Support One',
        });
        await socket.ask({ t: 'history', before: 1 });
        const heard = socket.frames.filter(({ t }) => t === 'typing' || t === 'read').length;
        return `${answer}; ${heard === 0 ? 'no mark, no typing' : `${heard} heard`}`;
      },
    ),
    attack('an agent closes or transfers another’s conversation', '403 forbidden', async (stage) => {
      const room = await stage.room();
      const [its, other] = [await stage.account({ agent: {} }), await stage.account({ agent: {} })];
      await stage.act(its.token, room.id, 'accept');
      return each(['close', 'transfer'], async (action) =>
        said(await stage.act(other.token, room.id, action, { agentId: other.id })),
      );
    }),
    attack(
      'a transfer to a guest, to oneself under a false name, to nobody',
      '404 not_found; 400 invalid',
      async (stage) => {
        const room = await stage.room();
        const its = await stage.account({ agent: {} });
        await stage.act(its.token, room.id, 'accept');
        const unknown = await each([room.visitor.id, randomUUID(), SYSTEM_SENDER], async (agentId) =>
          said(await stage.act(its.token, room.id, 'transfer', { agentId })),
        );
        const wrong = await each(
          [{}, { agentId: 'x' }, { agentId: null }, { agentId: [its.id] }, { agentId: `${its.id}' --` }],
          async (body) => said(await stage.act(its.token, room.id, 'transfer', body)),
          JSON.stringify,
        );
        return `${unknown}; ${wrong}`;
      },
    ),
    attack(
      'an accept beyond one’s places, also many at once',
      '5 accepted, the rest 409 at_capacity',
      async (stage) => {
        const { token } = await stage.account({ agent: { maxChats: 5 } });
        const rooms = await Promise.all(Array.from({ length: 8 }, () => stage.room()));
        const answers = (await Promise.all(rooms.map(({ id }) => stage.act(token, id, 'accept')))).map(said);
        const accepted = answers.filter((answer) => answer === '200').length;
        return `${accepted} accepted, the rest ${[...new Set(answers.filter((answer) => answer !== '200'))].join()}`;
      },
    ),
    attack('writing after the close', 'closed', async (stage) => {
      const { room, socket } = await stage.roomWithSocket();
      await stage.act(room.visitor.token, room.id, 'close');
      return socket.ask({ t: 'send', id: randomUUID(), kind: 'text', text: 'one more thing' });
    }),
    attack('metadata, which only agents see, asked for by the visitor', 'never shown', async (stage) => {
      const visitor = await stage.guest();
      const body = { context: { page: 'secret-page' }, firstMessage: { id: randomUUID(), text: CANARY } };
      const created = await stage.http('POST', '/api/conversations', { token: visitor.token, body });
      const { id } = createdConversationSchema.parse(JSON.parse(created.text)).conversation;
      const list = await stage.http('GET', '/api/conversations', { token: visitor.token });
      const closed = await stage.act(visitor.token, id, 'close');
      const socket = await stage.enter(id, visitor.token);
      const seen = [created.text, list.text, closed.text, JSON.stringify(socket.frames)].some((text) =>
        text.includes('secret-page'),
      );
      return seen ? 'shown' : 'never shown';
    }),
    attack(
      'a client that was shown the door and keeps talking',
      '4401; nothing more is taken',
      async (stage) => {
        const room = await stage.room();
        const socket = new StubbornSocket(stage.worker.url, `/rooms/${room.id}`, [
          'wellchina.v1',
          `bearer.${room.visitor.token}`,
        ]);
        socket.send({ t: 'hello', after: null });
        await until(() => socket.texts.some((text) => text.startsWith('{"t":"welcome"')));
        await stage.http('DELETE', '/api/session', { token: room.visitor.token });
        await until(() => socket.closes.length > 0);
        for (let count = 0; count < 5; count++)
          socket.send({ t: 'send', id: randomUUID(), kind: 'text', text: `${CANARY} ignores the close` });
        await new Promise((resolve) => setTimeout(resolve, 300));
        socket.destroy();
        const agent = await stage.account({ agent: {} });
        const taken = (await stage.log(room.id, agent.token)).length - 2;
        return `${socket.closes[0]}; ${taken === 0 ? 'nothing more is taken' : `${taken} more taken`}`;
      },
    ),
  ],
};

async function until(holds: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 5_000; !holds(); ) {
    if (Date.now() > deadline) throw new Error('did not come');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
