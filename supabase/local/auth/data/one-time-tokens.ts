import type { Sql } from './database.ts';

export type TokenType =
  | 'confirmation_token'
  | 'recovery_token'
  | 'email_change_token_new'
  | 'email_change_token_current'
  | 'reauthentication_token';

export interface OneTimeToken {
  id: string;
  user_id: string;
  token_type: TokenType;
  token_hash: string;
  /** The address it was mailed to. */
  relates_to: string;
  expires_at: Date;
}

/** One of a kind for a person: the mail before stops working. */
export async function putToken(
  tx: Sql,
  token: { userId: string; type: TokenType; hash: string; address: string; expiresAt: Date },
  now: Date,
): Promise<void> {
  const at = now.toISOString();
  await tx`
    insert into auth.one_time_tokens (id, user_id, token_type, token_hash, relates_to, created_at, updated_at, expires_at)
    values (${crypto.randomUUID()}, ${token.userId}, ${token.type}, ${token.hash}, ${token.address},
      ${at}::timestamptz at time zone 'utc', ${at}::timestamptz at time zone 'utc', ${token.expiresAt})
    on conflict (user_id, token_type) do update
      set id = excluded.id, token_hash = excluded.token_hash, relates_to = excluded.relates_to,
        created_at = excluded.created_at, updated_at = excluded.updated_at, expires_at = excluded.expires_at`;
}

/** Look once to learn whose it is, then again under the lock on that user: whoever changes tokens holds it. */
export async function findTokenByHash(
  sql: Sql,
  hashes: readonly string[],
  types: readonly TokenType[],
): Promise<OneTimeToken | null> {
  const [row] = await sql<OneTimeToken[]>`
    select * from auth.one_time_tokens where token_hash in ${sql(hashes)} and token_type::text in ${sql(types)} limit 1`;
  return row ?? null;
}

export async function clearToken(tx: Sql, userId: string, type: TokenType): Promise<void> {
  await tx`delete from auth.one_time_tokens where user_id = ${userId} and token_type = ${type}`;
}

/** After a proof or a new password, nothing mailed before is good for anything. */
export async function clearTokens(tx: Sql, userId: string): Promise<void> {
  await tx`delete from auth.one_time_tokens where user_id = ${userId}`;
}
