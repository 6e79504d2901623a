import { randomUUID } from 'node:crypto';
import { SYSTEM_SENDER } from '../../../app/protocol/model.ts';
import { attack, each, type Group } from '../attack.ts';
import { CANARY, type Stage } from '../stage.ts';
import type { AttackSocket } from '../tools/socket.ts';

const text = `${CANARY} sends this`;
const send = (change: Record<string, unknown> = {}) => ({
  t: 'send',
  id: randomUUID(),
  kind: 'text',
  text,
  ...change,
});

/** A room of one's own, a socket that has been welcomed, and what is done with it. */
async function inRoom(
  stage: Stage,
  work: (socket: AttackSocket, roomId: string) => Promise<string>,
): Promise<string> {
  const { room, socket } = await stage.roomWithSocket();
  const answer = await work(socket, room.id);
  socket.close();
  return answer;
}

/** What the room answers to each, and that it takes a message afterwards. */
function refusals(tries: readonly (string | Buffer | Record<string, unknown>)[]) {
  return (stage: Stage) =>
    inRoom(stage, async (socket) => {
      const answer = await each(
        tries,
        (data) => socket.ask(data),
        (data) => (Buffer.isBuffer(data) ? 'bytes' : typeof data === 'string' ? data : JSON.stringify(data)),
      );
      return `${answer}; then ${(await socket.ask(send())).split(' ')[0]}`;
    });
}

/** A first frame that is this big: how it ends. */
const ofSize = (bytes: number) => (stage: Stage) =>
  inRoom(stage, (socket) => socket.ask(JSON.stringify(send({ text: 'x'.repeat(bytes) }))));

export const frames: Group = {
  title: 'Frames',
  attacks: [
    attack(
      'forge senderRole, senderId, senderName, seq, at, kind of sender, event',
      'ack 3; visitor, own id, Guest, seq 3, the room’s clock, no event',
      (stage) =>
        inRoom(stage, async (socket, roomId) => {
          const forged = send({
            senderRole: 'agent',
            senderId: SYSTEM_SENDER,
            senderName: 'Support One',
            seq: 1,
            at: '1999-01-01T00:00:00.000Z',
            event: { key: 'closed', params: {} },
            conversationId: randomUUID(),
            conversation_id: randomUUID(),
          });
          const answer = await socket.ask(forged);
          const welcome = await socket.next('welcome');
          await socket.hello();
          const again = await socket.next('welcome', ({ head }) => head === 3);
          const row = again.messages.find(({ clientId }) => clientId === forged.id);
          const fresh = Math.abs(Date.now() - Date.parse(row?.at ?? '')) < 10_000;
          const own = row?.senderId === welcome.you.id && again.conversation.id === roomId;
          return `${answer}; ${row?.senderRole}, ${own ? 'own' : 'another'} id, ${row?.senderName}, seq ${row?.seq}, ${fresh ? 'the room’s' : 'another'} clock, ${row?.event ? 'an' : 'no'} event`;
        }),
    ),
    attack('speak before hello', 'invalid; then open', async (stage) => {
      const room = await stage.room();
      const socket = stage.dial(`/rooms/${room.id}`, { bearer: room.visitor.token });
      await socket.opening();
      const answer = await each(
        [send(), { t: 'typing', on: true }, { t: 'read', seq: 1 }, { t: 'history', before: 9 }],
        (frame) => socket.ask(frame),
        JSON.stringify,
      );
      return `${answer}; then ${await socket.hello()}`;
    }),
    attack(
      'hello with an `after` of −1, 1e308, "1", NaN, 1.5, true, [1], or none',
      'invalid; then ack',
      refusals([
        '{"t":"hello","after":-1}',
        '{"t":"hello","after":1e308}',
        '{"t":"hello","after":1e999}',
        '{"t":"hello","after":"1"}',
        '{"t":"hello","after":NaN}',
        '{"t":"hello","after":1.5}',
        '{"t":"hello","after":true}',
        '{"t":"hello","after":[1]}',
        '{"t":"hello"}',
        '{"t":"hello","after":0,"epoch":0}',
        '{"t":"hello","after":0,"epoch":"1"}',
      ]),
    ),
    attack('hello with an `after` beyond the head, or another epoch', 'reset', (stage) =>
      inRoom(stage, (socket) =>
        each(
          [{ after: 9_007_199_254_740_991 }, { after: 3 }, { after: 1, epoch: 7 }],
          async (hello) => {
            const from = socket.frames.length;
            socket.send({ t: 'hello', ...hello });
            const { reset, messages } = await socket.next('welcome', () => true, from);
            return reset && messages.length === 2 ? 'reset' : JSON.stringify({ reset, messages });
          },
          JSON.stringify,
        ),
      ),
    ),
    attack(
      'frames of no kind, of another’s kind, arrays, null, numbers',
      'invalid; then ack',
      refusals([
        '{"t":"shutdown"}',
        '{"t":"ack","id":"x","seq":1}',
        '{"t":"message","message":{}}',
        '{"t":"conversation","conversation":{"status":"closed"}}',
        '{"t":"presence"}',
        '{"t":["send"]}',
        '{"t":{"toString":"send"}}',
        '{"t":null}',
        '{}',
        '[]',
        '[{"t":"hello","after":null}]',
        'null',
        'true',
        '0',
        '"hello"',
      ]),
    ),
    attack(
      'broken JSON, blank, single quotes, a comment, a trailing comma, a byte order mark',
      'invalid; then ack',
      refusals([
        '{',
        '',
        ' ',
        "{'t':'hello'}",
        '{"t":"hello",}',
        '{"t":"hello"/**/}',
        '\ufeff{"t":"hello","after":null}',
        'undefined',
        '{"t":"hello","after":null}}',
      ]),
    ),
    attack(
      'nesting ten thousand deep, as the frame, as a field, as a key nobody asked for',
      'invalid | ack; then ack',
      (stage) =>
        inRoom(stage, async (socket) => {
          const deep = '['.repeat(10_000) + ']'.repeat(10_000);
          const deepObject = `${'{"a":'.repeat(4_000)}1${'}'.repeat(4_000)}`;
          const first = await each([deep, deepObject, `{"t":"hello","after":${deep}}`], (data) =>
            socket.ask(data),
          );
          const known = JSON.stringify(send()).replace('"kind"', `"extra":${deep},"kind"`);
          return `${first} | ${(await socket.ask(known)).split(' ')[0]}; then ${(await socket.ask(send())).split(' ')[0]}`;
        }),
    ),
    attack('a frame of 33 KiB', 'closed 1009', ofSize(33 * 1024)),
    attack('a frame of 10 MB', 'closed 1009', ofSize(10_000_000)),
    attack('a frame of 32 KiB that is more as UTF-8', 'closed 1009', (stage) =>
      inRoom(stage, (socket) => socket.ask(JSON.stringify(send({ text: '療'.repeat(16_000) })))),
    ),
    attack(
      'a text over the limit in a frame under it',
      'too_large; then ack',
      refusals([send({ text: 'x'.repeat(4_001) })]),
    ),
    attack(
      'binary frames',
      'invalid; then ack',
      refusals([Buffer.alloc(0), Buffer.from([0xff, 0xfe, 0x00]), Buffer.from(JSON.stringify(send()))]),
    ),
    attack(
      'sends with wrong fields: no id, an id that is none, kinds nobody offers, another’s attachment, text of another type',
      'invalid; then ack',
      refusals([
        send({ id: undefined }),
        send({ id: 'x' }),
        send({ id: `${randomUUID()}\u0000` }),
        send({ id: "'; drop table log; --" }),
        send({ id: { toString: 'x' } }),
        send({ kind: 'system' }),
        send({ kind: 'image', attachmentId: randomUUID() }),
        send({ attachmentId: randomUUID() }),
        send({ attachmentId: '../../secret' }),
        send({ text: undefined }),
        send({ text: null }),
        send({ text: 1 }),
        send({ text: ['a'] }),
        send({ text: '' }),
        send({ text: ' \u200b\ufeff ' }),
      ]),
    ),
    attack(
      'history and read marks out of range: 0, −1, 1.5, 1e308, a text',
      'invalid; then ack',
      refusals([
        '{"t":"history","before":0}',
        '{"t":"history","before":-1}',
        '{"t":"history","before":1.5}',
        '{"t":"history","before":1e308}',
        '{"t":"history","before":"9 or 1=1"}',
        '{"t":"history","before":9,"limit":0}',
        '{"t":"history","before":9,"limit":-1}',
        '{"t":"read","seq":-1}',
        '{"t":"read","seq":"1"}',
        '{"t":"read","seq":1e308}',
        '{"t":"typing","on":"yes"}',
        '{"t":"typing","on":1}',
      ]),
    ),
    attack('a page of history of nine quadrillion', 'history, 2 messages', (stage) =>
      inRoom(stage, async (socket) => {
        const answer = await socket.ask({
          t: 'history',
          before: 9_007_199_254_740_991,
          limit: 9_007_199_254_740_991,
        });
        return `${answer}, ${(await socket.next('history')).messages.length} messages`;
      }),
    ),
    attack('a read mark far beyond the head, then back', 'read 2, never back', (stage) =>
      inRoom(stage, async (socket) => {
        socket.send({ t: 'read', seq: 9_007_199_254_740_991 });
        const first = await socket.next('read');
        socket.send({ t: 'read', seq: 1 });
        socket.send({ t: 'read', seq: 0 });
        await socket.ask({ t: 'history', before: 1 });
        const marks = socket.frames.filter(({ t }) => t === 'read').length;
        return `read ${first.seq}, ${marks === 1 ? 'never back' : 'and back'}`;
      }),
    ),
    attack('the same id with another text', 'ack 3, then conflict', (stage) =>
      inRoom(stage, async (socket) => {
        const first = send();
        return `${await socket.ask(first)}, then ${await socket.ask({ ...first, text: 'something else' })}`;
      }),
    ),
    attack('the same message under an upper-case id', 'ack 3, then ack 3; one row', (stage) =>
      inRoom(stage, async (socket) => {
        const first = send();
        const answers = [await socket.ask(first), await socket.ask({ ...first, id: first.id.toUpperCase() })];
        await socket.hello();
        const welcome = await socket.next('welcome', ({ head }) => head >= 3);
        const rows = welcome.messages.filter(({ clientId }) => clientId?.toLowerCase() === first.id).length;
        return `${answers.join(', then ')}; ${rows === 1 && welcome.head === 3 ? 'one row' : `${rows} rows`}`;
      }),
    ),
    attack('the nil and the greatest id as a client’s id', 'ack 3, ack 4, ack 3', (stage) =>
      inRoom(stage, async (socket) => {
        const nil = send({ id: SYSTEM_SENDER });
        return [
          await socket.ask(nil),
          await socket.ask(send({ id: 'ffffffff-ffff-ffff-ffff-ffffffffffff' })),
          await socket.ask(nil),
        ].join(', ');
      }),
    ),
    attack('squat on a seq, and on another’s message id', 'ack 3, ack 4; seq 1 2 3 4', (stage) =>
      inRoom(stage, async (socket) => {
        const { messages } = await socket.next('welcome');
        const answers = [
          await socket.ask(send({ seq: 1_000 })),
          await socket.ask(send({ id: messages[1]?.id, seq: 2 })),
        ];
        await socket.hello();
        const welcome = await socket.next('welcome', ({ head }) => head > 2);
        return `${answers.join(', ')}; seq ${welcome.messages.map(({ seq }) => seq).join(' ')}`;
      }),
    ),
    attack('prototype pollution: __proto__, constructor.prototype', 'ack 3; nothing inherited', (stage) =>
      inRoom(stage, async (socket, roomId) => {
        const polluted = JSON.stringify(send()).replace(
          '"kind"',
          '"__proto__":{"senderRole":"agent","isAdmin":true,"polluted":1},"constructor":{"prototype":{"polluted":1,"senderRole":"agent"}},"kind"',
        );
        const answer = await socket.ask(polluted);
        await socket.ask('{"t":"history","before":9,"__proto__":{"limit":1}}');
        const page = await socket.next('history');
        const reply = await stage.http('GET', `/rooms/${roomId}`);
        const clean =
          page.messages.length === 3 && page.messages[2]?.senderRole === 'visitor' && reply.status === 426;
        return `${answer}; ${clean ? 'nothing inherited' : JSON.stringify(page)}`;
      }),
    ),
    attack('frames to the lobby', 'error invalid, still open', async (stage) => {
      const agent = await stage.account({ agent: {} });
      const socket = stage.dial('/lobby', { bearer: agent.token });
      await socket.opening();
      for (const data of [JSON.stringify({ t: 'hello', after: null }), '{', 'null', Buffer.from([0])])
        socket.raw(data);
      await socket.until(() => socket.frames.filter(({ t }) => t === 'error').length === 4, 'four errors');
      const codes = new Set(socket.frames.flatMap((frame) => (frame.t === 'error' ? [frame.code] : [])));
      return `error ${[...codes].join()}, ${socket.isOpen && socket.foreign.length === 0 ? 'still open' : socket.foreign.join()}`;
    }),
  ],
};
