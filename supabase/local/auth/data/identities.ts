import type { Sql } from './database.ts';
import {
  findUser,
  findUserByEmail,
  type IdentityRow,
  identitiesOf,
  type Metadata,
  mergeMetadata,
  type UserRow,
  updateUser,
} from './users.ts';

/** A provider's account is one row: `provider_id` is the provider's own name for the person. */
export async function findIdentity(
  sql: Sql,
  provider: string,
  providerId: string,
): Promise<IdentityRow | null> {
  const [row] = await sql<IdentityRow[]>`
    select * from auth.identities where provider = ${provider} and provider_id = ${providerId}`;
  return row ?? null;
}

/** Identities for which somebody has verified this address. One that merely claims it proves nothing. */
export async function verifiedIdentities(sql: Sql, email: string): Promise<IdentityRow[]> {
  return sql<IdentityRow[]>`
    select * from auth.identities where email = ${email} and identity_data ->> 'email_verified' = 'true'`;
}

export async function insertIdentity(
  tx: Sql,
  userId: string,
  provider: string,
  data: Metadata & { sub: string },
  now: Date,
): Promise<IdentityRow> {
  const [row] = await tx<IdentityRow[]>`
    insert into auth.identities (id, provider_id, user_id, identity_data, provider, last_sign_in_at, created_at, updated_at)
    values (${crypto.randomUUID()}, ${data.sub}, ${userId}, ${tx.json(data)}, ${provider}, ${now}, ${now}, ${now})
    returning *`;
  return row as IdentityRow;
}

/** What the provider says today replaces what it said last time. */
export async function refreshIdentity(tx: Sql, id: string, data: Metadata, now: Date): Promise<void> {
  await tx`
    update auth.identities set identity_data = ${tx.json(data)}, last_sign_in_at = ${now}, updated_at = ${now}
    where id = ${id}`;
}

/** Adds to an identity's data, for instance that its address is verified. */
export async function amendIdentity(tx: Sql, id: string, data: Metadata, now: Date): Promise<void> {
  await tx`
    update auth.identities set identity_data = identity_data || ${tx.json(data)}, updated_at = ${now} where id = ${id}`;
}

export async function deleteIdentity(tx: Sql, id: string): Promise<void> {
  await tx`delete from auth.identities where id = ${id}`;
}

/**
 * Sets the user's `email` identity, and `provider`/`providers` in app_metadata from all identities.
 * Returns the user as it is then.
 */
export async function setEmailIdentity(tx: Sql, userId: string, data: Metadata, now: Date): Promise<UserRow> {
  await tx`
    insert into auth.identities (id, provider_id, user_id, identity_data, provider, last_sign_in_at, created_at, updated_at)
    values (${crypto.randomUUID()}, ${userId}, ${userId}, ${tx.json(data)}, 'email', ${now}, ${now}, ${now})
    on conflict (provider_id, provider) do update
      set identity_data = auth.identities.identity_data || excluded.identity_data, updated_at = ${now}`;
  return updateProviders(tx, userId, now);
}

/** `provider` and `providers` of app_metadata, from the identities (GoTrue's UpdateAppMetaDataProviders). */
export async function updateProviders(tx: Sql, userId: string, now: Date): Promise<UserRow> {
  const providers = [...new Set((await identitiesOf(tx, userId)).map((identity) => identity.provider))];
  const user = await findUser(tx, userId);
  const app = mergeMetadata(user?.raw_app_meta_data ?? null, {
    providers,
    ...(providers[0] ? { provider: providers[0] } : {}),
  });
  return updateUser(tx, userId, { raw_app_meta_data: app }, now);
}

/**
 * Gives the user an address one of their identities has, when the present one is none of theirs any more
 * (GoTrue's UpdateUserEmailFromIdentities). Returns null when every such address is another account's.
 */
export async function takeEmailFromIdentities(tx: Sql, user: UserRow, now: Date): Promise<UserRow | null> {
  const identities = await identitiesOf(tx, user.id);
  if (identities.some((identity) => (identity.email ?? '') === (user.email ?? ''))) return user;
  for (const { email } of identities) {
    const owner = email ? await findUserByEmail(tx, email) : null;
    if (owner) continue;
    return updateUser(tx, user.id, email ? { email } : { email: null, email_confirmed_at: null }, now);
  }
  return null;
}
