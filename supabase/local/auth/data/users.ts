import type postgres from 'postgres';
import type { Sql } from './database.ts';

type Json = postgres.JSONValue;
export type Metadata = Record<string, Json>;

export interface IdentityRow {
  id: string;
  provider_id: string;
  user_id: string;
  identity_data: Metadata;
  provider: string;
  last_sign_in_at: Date | null;
  created_at: Date;
  updated_at: Date;
  email: string | null;
}

export interface UserRow {
  id: string;
  aud: string;
  role: string;
  email: string | null;
  phone: string | null;
  encrypted_password: string | null;
  email_confirmed_at: Date | null;
  invited_at: Date | null;
  recovery_sent_at: Date | null;
  reauthentication_sent_at: Date | null;
  email_change_confirm_status: number;
  confirmation_sent_at: Date | null;
  confirmed_at: Date | null;
  email_change: string | null;
  email_change_sent_at: Date | null;
  last_sign_in_at: Date | null;
  raw_app_meta_data: Metadata | null;
  raw_user_meta_data: Metadata | null;
  created_at: Date;
  updated_at: Date;
  banned_until: Date | null;
  deleted_at: Date | null;
  is_anonymous: boolean;
}

/** The columns a change may touch; `updated_at` is set with every change. */
export type UserChange = Partial<Omit<UserRow, 'id' | 'confirmed_at' | 'created_at' | 'updated_at'>>;

export const AUDIENCE = 'authenticated';
const NIL = '00000000-0000-0000-0000-000000000000';

export async function findUser(sql: Sql, id: string): Promise<UserRow | null> {
  const [row] = await sql<UserRow[]>`select * from auth.users where id = ${id}`;
  return row ?? null;
}

/** The same, and nobody else changes the row before the transaction ends. */
export async function lockUser(tx: Sql, id: string): Promise<UserRow | null> {
  const [row] = await tx<UserRow[]>`select * from auth.users where id = ${id} for update`;
  return row ?? null;
}

export async function findUserByEmail(sql: Sql, email: string): Promise<UserRow | null> {
  const [row] = await sql<UserRow[]>`
    select * from auth.users
    where instance_id = ${NIL} and lower(email) = ${email.toLowerCase()} and aud = ${AUDIENCE} and not is_sso_user`;
  return row ?? null;
}

/** The user other than `me` who has this address, as their own or by an identity (GoTrue's IsDuplicatedEmail). */
export async function emailOwner(sql: Sql, email: string, me?: string): Promise<UserRow | null> {
  const [row] = await sql<UserRow[]>`
    select u.* from auth.users u
    where (lower(u.email) = ${email} or exists (select from auth.identities i where i.user_id = u.id and i.email = ${email}))
      and u.aud = ${AUDIENCE} and not u.is_sso_user and u.id <> ${me ?? NIL}
    limit 1`;
  return row ?? null;
}

export interface NewUser {
  id: string;
  email: string | null;
  encryptedPassword: string;
  role: string;
  appMetadata: Metadata;
  userMetadata: Metadata;
  isAnonymous: boolean;
  now: Date;
}

export async function insertUser(tx: Sql, user: NewUser): Promise<UserRow> {
  const [row] = await tx<UserRow[]>`
    insert into auth.users (
      instance_id, id, aud, role, email, encrypted_password, raw_app_meta_data, raw_user_meta_data, is_anonymous,
      confirmation_token, recovery_token, email_change_token_new, email_change, created_at, updated_at
    ) values (
      ${NIL}, ${user.id}, ${AUDIENCE}, ${user.role}, ${user.email}, ${user.encryptedPassword},
      ${tx.json(user.appMetadata)}, ${tx.json(user.userMetadata)}, ${user.isAnonymous},
      '', '', '', '', ${user.now}, ${user.now}
    ) returning *`;
  return row as UserRow;
}

/** Changes the given columns and returns the row as it is then (a trigger may have had its say). */
export async function updateUser(tx: Sql, id: string, change: UserChange, now: Date): Promise<UserRow> {
  const values: Record<string, unknown> = { ...change, updated_at: now };
  for (const column of ['raw_app_meta_data', 'raw_user_meta_data'] as const) {
    if (change[column] !== undefined) values[column] = tx.json(change[column]);
  }
  const [row] = await tx<UserRow[]>`update auth.users set ${tx(values)} where id = ${id} returning *`;
  return row as UserRow;
}

/** `null` removes a key, everything else is set; keys not named stay (GoTrue's UpdateUserMetaData). */
export function mergeMetadata(before: Metadata | null, change: Metadata): Metadata {
  const after: Metadata = { ...before };
  for (const [key, value] of Object.entries(change)) {
    if (value === null) delete after[key];
    else after[key] = value;
  }
  return after;
}

export async function identitiesOf(sql: Sql, userId: string): Promise<IdentityRow[]> {
  return sql<IdentityRow[]>`select * from auth.identities where user_id = ${userId} order by created_at, id`;
}
