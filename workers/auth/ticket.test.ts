import { SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { testEnv } from '../testing/environment.ts';
import { agent, visitor } from '../testing/records.ts';
import { readTicket, signTicket } from './ticket.ts';

const env = testEnv();
const room = crypto.randomUUID();
const soon = () => Math.floor(Date.now() / 1000) * 1000 + 60_000;

test('a ticket says who it is for and until when', async () => {
  for (const person of [
    visitor({ name: '王小明' }),
    agent({ isAdmin: true, avatarUrl: 'https://a.test/a.png' }),
  ]) {
    const expiresAt = soon();
    const ticket = await signTicket(env, room, person, expiresAt);
    expect(await readTicket(env, room, ticket)).toEqual({
      person,
      expiresAt,
      issuedAt: expect.closeTo(Date.now(), -4),
    });
  }
});

test('it can stand in a WebSocket subprotocol', async () => {
  expect(await signTicket(env, room, visitor({ name: '王 "x", y' }), soon())).toMatch(/^[\w.-]+$/u);
});

describe('what is no ticket for this room, now, by this Worker opens nothing', () => {
  const person = visitor();
  const forged = (
    secret: string,
    payload: Record<string, unknown>,
    alg = 'HS256',
    audience = 'wellchina-room-ticket',
  ) =>
    new SignJWT(payload)
      .setProtectedHeader({ alg })
      .setSubject(person.id)
      .setAudience(audience)
      .setIssuedAt()
      .setExpirationTime('1h')
      .sign(new TextEncoder().encode(secret));
  const { id: _, ...rest } = person;
  const payload = { room, person: rest };

  test.each<[string, () => string | Promise<string>]>([
    ['nothing', () => ''],
    ['nonsense', () => 'a.b.c'],
    ['of another room', () => signTicket(env, crypto.randomUUID(), person, soon())],
    ['of the lobby', () => signTicket(env, '', person, soon())],
    ['expired', () => signTicket(env, room, person, Date.now() - 1_000)],
    ['of another secret', () => signTicket(testEnv({ TICKET_SECRET: 'x'.repeat(40) }), room, person, soon())],
    ['for another purpose', () => forged(env.TICKET_SECRET, payload, 'HS256', 'another')],
    ['of another algorithm', () => forged(env.TICKET_SECRET, payload, 'HS512')],
    ['without a person', () => forged(env.TICKET_SECRET, { room })],
    ['with a made-up role', () => forged(env.TICKET_SECRET, { room, person: { ...rest, role: 'system' } })],
    [
      'unsigned',
      () => {
        const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
        const claims = {
          ...payload,
          sub: person.id,
          aud: 'wellchina-room-ticket',
          iat: 1,
          exp: soon() / 1000,
        };
        return `${part({ alg: 'none' })}.${part(claims)}.`;
      },
    ],
  ])('%s', async (_, ticket) => {
    expect(await readTicket(env, room, await ticket())).toBeNull();
  });

  test('changed by one letter', async () => {
    const ticket = await signTicket(env, room, person, soon());
    const [head = '', body = '', signature = ''] = ticket.split('.');
    const other = body.startsWith('e') ? `f${body.slice(1)}` : `e${body.slice(1)}`;
    expect(await readTicket(env, room, [head, other, signature].join('.'))).toBeNull();
  });

  test('the forged ones would open it if they were not: the same hands make a good one', async () => {
    expect(await readTicket(env, room, await forged(env.TICKET_SECRET, payload))).not.toBeNull();
  });
});
