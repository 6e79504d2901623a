import { jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import type { Person } from './person.ts';

/**
 * A ticket opens a person's next socket in one room without asking Auth or Postgres, so that sockets outlive
 * access tokens and outages. It is signed by the Worker, bound to this person and this room, and lives as long as
 * a socket may.
 */
const AUDIENCE = 'wellchina-room-ticket';
const ALGORITHM = 'HS256';

const schema = z.object({
  sub: z.uuid(),
  room: z.string(),
  iat: z.number(),
  exp: z.number(),
  person: z.object({
    role: z.enum(['visitor', 'agent']),
    name: z.string().nullable(),
    isAnonymous: z.boolean(),
    avatarUrl: z.string().nullable(),
    isAdmin: z.boolean(),
    maxChats: z.number(),
  }),
});

const keyOf = (env: Env) => new TextEncoder().encode(env.TICKET_SECRET);

/** @param expiresAt milliseconds since the epoch */
export async function signTicket(env: Env, room: string, person: Person, expiresAt: number): Promise<string> {
  const { id, ...rest } = person;
  return new SignJWT({ room, person: rest })
    .setProtectedHeader({ alg: ALGORITHM })
    .setSubject(id)
    .setAudience(AUDIENCE)
    .setIssuedAt()
    .setExpirationTime(Math.floor(expiresAt / 1000))
    .sign(keyOf(env));
}

/**
 * Who the ticket is for, or null when it isn't one for this room, or no longer.
 *
 * @returns `issuedAt` and `expiresAt` in milliseconds since the epoch
 */
export async function readTicket(
  env: Env,
  room: string,
  ticket: string,
): Promise<{ person: Person; issuedAt: number; expiresAt: number } | null> {
  try {
    const { payload } = await jwtVerify(ticket, keyOf(env), { audience: AUDIENCE, algorithms: [ALGORITHM] });
    const { sub, iat, exp, person, ...rest } = schema.parse(payload);
    return rest.room === room
      ? { person: { id: sub, ...person }, issuedAt: iat * 1000, expiresAt: exp * 1000 }
      : null;
  } catch {
    return null;
  }
}
