import { randomInt } from 'node:crypto';
import type { Sql } from './database.ts';
import { type UserRow, updateUser } from './users.ts';

export interface SessionRow {
  id: string;
  user_id: string;
  created_at: Date;
  not_after: Date | null;
  aal: string | null;
}

export interface TokenRow {
  id: string;
  token: string;
  user_id: string;
  revoked: boolean;
  parent: string | null;
  session_id: string;
  updated_at: Date;
}

/** Who asks, as far as a session remembers it. */
export interface Caller {
  userAgent: string | null;
  ip: string | null;
}

/** How somebody proved who they are, as the `amr` claim names it (GoTrue's AuthenticationMethod). */
export type Method =
  | 'password'
  | 'anonymous'
  | 'otp'
  | 'oauth'
  | 'magiclink'
  | 'recovery'
  | 'invite'
  | 'email/signup'
  | 'email_change';

export interface Amr {
  method: string;
  /** Seconds since the epoch. */
  timestamp: number;
}

/** A new session with its first refresh token, and the time of the sign-in on the user. */
export async function openSession(
  tx: Sql,
  userId: string,
  method: Method,
  caller: Caller,
  now: Date,
): Promise<{ sessionId: string; refreshToken: string; user: UserRow }> {
  const sessionId = crypto.randomUUID();
  await tx`
    insert into auth.sessions (id, user_id, created_at, updated_at, aal, user_agent, ip)
    values (${sessionId}, ${userId}, ${now}, ${now}, 'aal1', ${caller.userAgent}, ${caller.ip})`;
  await tx`
    insert into auth.mfa_amr_claims (id, session_id, created_at, updated_at, authentication_method)
    values (${crypto.randomUUID()}, ${sessionId}, ${now}, ${now}, ${method})`;
  const refreshToken = await insertToken(tx, userId, sessionId, '', now);
  const user = await updateUser(tx, userId, { last_sign_in_at: now }, now);
  return { sessionId, refreshToken, user };
}

/** How the session was signed in, oldest first. */
export async function amrOf(sql: Sql, sessionId: string): Promise<Amr[]> {
  const rows = await sql<{ authentication_method: string; updated_at: Date }[]>`
    select authentication_method, updated_at from auth.mfa_amr_claims where session_id = ${sessionId} order by updated_at`;
  return rows.map((row) => ({
    method: row.authentication_method,
    timestamp: Math.floor(row.updated_at.getTime() / 1000),
  }));
}

export async function findSession(sql: Sql, id: string): Promise<SessionRow | null> {
  const [row] = await sql<SessionRow[]>`select * from auth.sessions where id = ${id}`;
  return row ?? null;
}

/** The session, locked until the transaction ends. Whoever touches a session's tokens holds this lock first. */
export async function lockSession(tx: Sql, id: string): Promise<SessionRow | null> {
  const [row] = await tx<SessionRow[]>`select * from auth.sessions where id = ${id} for update`;
  return row ?? null;
}

export async function findToken(sql: Sql, token: string): Promise<TokenRow | null> {
  const [row] = await sql<TokenRow[]>`select * from auth.refresh_tokens where token = ${token}`;
  return row ?? null;
}

/** The session's newest token that has not been used. */
export async function activeToken(tx: Sql, sessionId: string): Promise<TokenRow | null> {
  const [row] = await tx<TokenRow[]>`
    select * from auth.refresh_tokens where session_id = ${sessionId} and not revoked order by id desc limit 1`;
  return row ?? null;
}

/** Uses a token up and gives its successor. */
export async function swapToken(tx: Sql, used: TokenRow, now: Date): Promise<string> {
  await tx`update auth.refresh_tokens set revoked = true, updated_at = ${now} where id = ${used.id}`;
  return insertToken(tx, used.user_id, used.session_id, used.token, now);
}

/** Ends the session's whole family of tokens: somebody who should not had one of them. */
export async function revokeFamily(tx: Sql, sessionId: string, now: Date): Promise<void> {
  await tx`
    update auth.refresh_tokens set revoked = true, updated_at = ${now} where session_id = ${sessionId} and not revoked`;
}

export async function noteRefresh(tx: Sql, sessionId: string, caller: Caller, now: Date): Promise<void> {
  await tx`
    update auth.sessions set refreshed_at = ${now.toISOString()}::timestamptz at time zone 'utc', updated_at = ${now},
      user_agent = ${caller.userAgent}, ip = ${caller.ip}
    where id = ${sessionId}`;
}

/** Signs out: `local` this session, `others` all but it, `global` all of the user's. Tokens go with their session. */
export async function closeSessions(
  tx: Sql,
  userId: string,
  scope: 'global' | 'local' | 'others',
  sessionId: string | null,
): Promise<void> {
  if (scope === 'global' || sessionId === null) await tx`delete from auth.sessions where user_id = ${userId}`;
  else if (scope === 'local') await tx`delete from auth.sessions where id = ${sessionId}`;
  else await tx`delete from auth.sessions where user_id = ${userId} and id <> ${sessionId}`;
}

async function insertToken(
  tx: Sql,
  userId: string,
  sessionId: string,
  parent: string,
  now: Date,
): Promise<string> {
  const token = newToken();
  await tx`
    insert into auth.refresh_tokens (instance_id, token, user_id, revoked, parent, session_id, created_at, updated_at)
    values ('00000000-0000-0000-0000-000000000000', ${token}, ${userId}, false, ${parent}, ${sessionId}, ${now}, ${now})`;
  return token;
}

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

/** Twelve characters, 60 random bits: the length by which GoTrue knows this kind of token. */
function newToken(): string {
  return Array.from({ length: 12 }, () => ALPHABET[randomInt(32)]).join('');
}
