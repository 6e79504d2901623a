import type { AuthServices } from '../context.ts';
import type { Sql } from '../data/database.ts';
import { amendIdentity, deleteIdentity, setEmailIdentity, updateProviders } from '../data/identities.ts';
import { clearTokens } from '../data/one-time-tokens.ts';
import {
  emailOwner,
  type IdentityRow,
  identitiesOf,
  insertUser,
  type Metadata,
  mergeMetadata,
  type UserRow,
  updateUser,
} from '../data/users.ts';
import { unprocessable } from '../http/errors.ts';

/** Makes an account with an `email` identity. What is said of the person at sign-up stands in both. */
export async function createAccount(
  services: AuthServices,
  tx: Sql,
  account: { email: string; passwordHash: string; data: Metadata; invited?: boolean },
  now: Date,
): Promise<UserRow> {
  const id = crypto.randomUUID();
  const { email, data } = account;
  const claims = { sub: id, email, email_verified: false, phone_verified: false };
  const identity = account.invited ? claims : { ...data, ...claims };
  await insertUser(tx, {
    id,
    email,
    encryptedPassword: account.passwordHash,
    role: 'authenticated',
    appMetadata: { provider: 'email', providers: ['email'] },
    // GoTrue shows the identity's data as the new user's metadata.
    userMetadata: account.invited ? data : identity,
    isAnonymous: false,
    now,
  });
  services.log('a new account');
  return setEmailIdentity(tx, id, identity, now);
}

/** The address is proven: by a mail, by a provider, or because it counts as such. Nothing mailed before works any more. */
export async function confirmAccount(tx: Sql, user: UserRow, now: Date): Promise<UserRow> {
  await clearTokens(tx, user.id);
  const metadata = mergeMetadata(user.raw_user_meta_data, { email_verified: true });
  return updateUser(tx, user.id, { email_confirmed_at: now, raw_user_meta_data: metadata }, now);
}

/** After a mail to it: the identities with the user's address are verified, and a guest is a guest no more. */
export async function confirmByMail(tx: Sql, user: UserRow, now: Date): Promise<UserRow> {
  const confirmed = await confirmAccount(tx, user, now);
  for (const identity of await identitiesOf(tx, user.id)) {
    if (identity.email && identity.email === user.email) {
      await amendIdentity(tx, identity.id, { email_verified: true }, now);
    }
  }
  return confirmed.is_anonymous ? updateUser(tx, user.id, { is_anonymous: false }, now) : confirmed;
}

/**
 * The new address is proven (GoTrue's emailChangeVerify). A guest becomes a permanent user with the same id.
 * Throws 422 `email_exists` when somebody else has the address by now.
 */
export async function takeNewEmail(tx: Sql, user: UserRow, email: string, now: Date): Promise<UserRow> {
  if (await emailOwner(tx, email, user.id)) throw emailExists();
  await clearTokens(tx, user.id);
  const confirmed = user.email_confirmed_at ?? now;
  await updateUser(
    tx,
    user.id,
    {
      email,
      email_change: '',
      email_change_confirm_status: 0,
      email_confirmed_at: confirmed,
      is_anonymous: false,
      raw_user_meta_data: mergeMetadata(user.raw_user_meta_data, { email_verified: true }),
    },
    now,
  );
  const claims = { sub: user.id, email, email_verified: true, phone_verified: false };
  return setEmailIdentity(tx, user.id, claims, now);
}

/**
 * Nobody has proven that this account is theirs, and now somebody proves it by `kept`: whatever else was put into it
 * may be a stranger's (GoTrue's RemoveUnconfirmedIdentities, against accounts prepared for somebody else).
 */
export async function dropUnconfirmed(
  tx: Sql,
  user: UserRow,
  kept: IdentityRow,
  now: Date,
): Promise<UserRow> {
  for (const identity of await identitiesOf(tx, user.id)) {
    if (identity.id !== kept.id) await deleteIdentity(tx, identity.id);
  }
  const change = kept.provider === 'email' ? {} : { encrypted_password: null };
  await updateUser(tx, user.id, { ...change, raw_user_meta_data: kept.identity_data }, now);
  return updateProviders(tx, user.id, now);
}

export const emailExists = () =>
  unprocessable('email_exists', 'A user with this email address has already been registered');
