import { randomUUID } from 'node:crypto';
import { attack, each, type Group } from '../attack.ts';
import { CANARY, type Stage } from '../stage.ts';
import { said } from '../tools/http.ts';

/** A guest whose token says that this is their name. */
async function named(stage: Stage, name: unknown): Promise<string> {
  const guest = await stage.guest();
  const token = await stage.forge.real(stage.forge.claims(guest.id, { user_metadata: { full_name: name } }));
  stage.secrets.add(token);
  const room = await stage.room({ id: guest.id, token });
  const [message] = await stage.log(room.id, token);
  return JSON.stringify(message?.senderName);
}

/** Raw JSON of a `send`, its text as escapes would bring it. */
const rawSend = (text: string) => `{"t":"send","id":"${randomUUID()}","kind":"text","text":"${text}"}`;

async function creates(stage: Stage, body: string): Promise<string> {
  const { token } = await stage.guest();
  return said(await stage.http('POST', '/api/conversations', { token, body }));
}

/** Letters that no text may hold, in every form JSON has for them. */
const POISON = ['a\\u0000b', 'a\\ud800b', 'a\\udc00b', '\\udfff\\ud800', '\\uD83D'];

export const texts: Group = {
  title: 'Texts',
  attacks: [
    attack(
      'U+0000 and lone surrogates over the socket',
      'invalid; the room goes on, Postgres has all of it',
      async (stage) => {
        const { room, socket } = await stage.roomWithSocket();
        const answer = await each(POISON, (text) => socket.ask(rawSend(text)));
        const after = await socket.ask(rawSend('fine \\ud83d\\ude00'));
        const deadline = Date.now() + 5_000;
        for (let head = 0; head !== 3 && Date.now() < deadline; ) {
          const [row] =
            await stage.sql`select head_seq::int as head from conversations where id = ${room.id}`;
          head = row?.head;
          if (head === 3) return `${answer}; the room goes on, Postgres has all of it`;
        }
        return `${answer}; ${after}, but Postgres has not`;
      },
    ),
    attack('U+0000 and lone surrogates as the first message', '400 invalid', (stage) =>
      each(POISON, (text) => creates(stage, `{"firstMessage":{"id":"${randomUUID()}","text":"${text}"}}`)),
    ),
    attack('U+0000 and lone surrogates in the subject and the context', '400 invalid', (stage) =>
      each(
        POISON.flatMap((text) => [
          `{"subject":"${text}"}`,
          `{"page":"${text}"}`,
          `{"saved":{"plans":["${text}"]}}`,
          `{"hospitals":["ok","${text}"]}`,
        ]),
        (context) =>
          creates(stage, `{"context":${context},"firstMessage":{"id":"${randomUUID()}","text":"${CANARY}"}}`),
      ),
    ),
    attack('half a character at the end of a long subject', '201', (stage) =>
      creates(stage, JSON.stringify({ firstMessage: { id: randomUUID(), text: '😀'.repeat(200) } })),
    ),
    attack('right-to-left override in a name', '"Dr gnoW"', (stage) => named(stage, 'Dr \u202egnoW')),
    attack('line breaks, controls and isolates in a name', '"Support One"', (stage) =>
      named(stage, '\r\nSupport\u2066\u0007 One\u2069\u0000\t'),
    ),
    attack('a name of a megabyte is cut, one that is no text is none', '80 and "Guest"', async (stage) => {
      const long = await named(stage, '療'.repeat(5_000));
      const odd = await each(
        [{ toString: 'x' }, 7, ['a'], '', ' \u202e '],
        (name) => named(stage, name),
        JSON.stringify,
      );
      return `${JSON.parse(long).length} and ${odd}`;
    }),
    attack('bytes that are no UTF-8 over HTTP', 'answered, well-formed', async (stage) => {
      const { token } = await stage.guest();
      const body = Buffer.concat([
        Buffer.from(`{"firstMessage":{"id":"${randomUUID()}","text":"a`),
        Buffer.from([0xff, 0xc0, 0xed, 0xa0, 0x80]),
        Buffer.from('b"}}'),
      ]);
      const reply = await stage.http('POST', '/api/conversations', { token, body });
      const id = JSON.parse(reply.text).conversation?.id as string;
      const [message] = await stage.log(id, token);
      return reply.status === 201 && message?.text?.isWellFormed() ? 'answered, well-formed' : said(reply);
    }),
  ],
};
