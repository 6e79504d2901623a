import type { AuthServices } from '../context.ts';
import type { Sql } from '../data/database.ts';
import {
  findIdentity,
  insertIdentity,
  refreshIdentity,
  takeEmailFromIdentities,
  updateProviders,
  verifiedIdentities,
} from '../data/identities.ts';
import {
  emailOwner,
  findUser,
  findUserByEmail,
  type IdentityRow,
  insertUser,
  lockUser,
  type Metadata,
  mergeMetadata,
  type UserRow,
  updateUser,
} from '../data/users.ts';
import { badRequest, CommitThenFail, forbidden, unexpected, unprocessable } from '../http/errors.ts';
import { sendConfirmation } from '../mail/letters.ts';
import { confirmAccount, dropUnconfirmed } from './accounts.ts';

const PROVIDER = 'google';

/** What the provider vouches for. */
export type Claims = Metadata & { sub: string };

/**
 * Whose sign-in this is (GoTrue's createAccountFromExternalIdentity): the provider's account we know; else, by an
 * address the provider has verified, the account with that address; else a new one. An address nobody has verified
 * never leads to an account that exists, also where addresses count as confirmed at once (there GoTrue would link).
 */
export async function signInByIdentity(
  services: AuthServices,
  tx: Sql,
  claims: Claims,
  redirectTo: string,
  now: Date,
): Promise<UserRow> {
  const { identity, user: found } = await resolve(services, tx, claims, now);
  const metadata = mergeMetadata(found.raw_user_meta_data, claims);
  await updateUser(tx, found.id, { raw_user_meta_data: metadata }, now);
  const user = await updateProviders(tx, found.id, now);
  if (user.banned_until && user.banned_until > now) throw forbidden('user_banned', 'User is banned');
  if (user.email_confirmed_at) return user;
  const own = await dropUnconfirmed(tx, user, identity, now);
  if (claims.email_verified === true || services.settings.autoconfirm) return confirmAccount(tx, own, now);
  await sendConfirmation(services, tx, own, { redirectTo, pkce: false }, now);
  throw new CommitThenFail(
    unprocessable(
      'provider_email_needs_verification',
      `Unverified email with ${PROVIDER}. A confirmation email has been sent to your ${PROVIDER} email`,
    ),
  );
}

async function resolve(
  services: AuthServices,
  tx: Sql,
  claims: Claims,
  now: Date,
): Promise<{ identity: IdentityRow; user: UserRow }> {
  const known = await findIdentity(tx, PROVIDER, claims.sub);
  const owner = known && (await lockUser(tx, known.user_id));
  if (known && owner) {
    await refreshIdentity(tx, known.id, claims, now);
    return { identity: { ...known, identity_data: claims }, user: owner };
  }
  const email = String(claims.email);
  const linked = claims.email_verified === true ? await accountOf(tx, email) : null;
  const user = linked ? await lockUser(tx, linked.id) : await newAccount(services, tx, email, claims, now);
  if (!user) throw unexpected('Database error finding user');
  return { identity: await insertIdentity(tx, user.id, PROVIDER, claims, now), user };
}

/**
 * The one account that this address leads to: the account's own, or by an identity for which it was verified. (GoTrue
 * takes identities that merely claim the address, too, and so leads people into the account of whoever claimed it.)
 */
async function accountOf(tx: Sql, email: string): Promise<UserRow | null> {
  const own = await findUserByEmail(tx, email);
  if (own) return own;
  const [first, ...others] = new Set((await verifiedIdentities(tx, email)).map((one) => one.user_id));
  if (others.length > 0) {
    throw unexpected(
      'Multiple accounts with the same email address in the same linking domain detected: default',
    );
  }
  return first ? findUser(tx, first) : null;
}

async function newAccount(
  { settings }: AuthServices,
  tx: Sql,
  email: string,
  claims: Claims,
  now: Date,
): Promise<UserRow> {
  if (!settings.signups) throw unprocessable('signup_disabled', 'Signups not allowed for this instance');
  if (claims.email_verified !== true && (await emailOwner(tx, email))) {
    throw unprocessable(
      'provider_email_needs_verification',
      `Unverified email with ${PROVIDER}. Verify the email with ${PROVIDER} in order to sign in`,
    );
  }
  return insertUser(tx, {
    id: crypto.randomUUID(),
    email,
    encryptedPassword: '',
    role: 'authenticated',
    appMetadata: { provider: PROVIDER, providers: [PROVIDER] },
    userMetadata: claims,
    isAnonymous: false,
    now,
  });
}

/**
 * The provider's account becomes an identity of this user (GoTrue's linkIdentityToUser); a guest becomes a permanent
 * user with the same id. Throws 422 `identity_already_exists`, 400 `email_exists` when the address is another
 * account's, 422 `email_not_confirmed` when the provider has not verified it: the identity stays, a mail asks.
 */
export async function linkIdentity(
  services: AuthServices,
  tx: Sql,
  userId: string,
  claims: Claims,
  redirectTo: string,
  now: Date,
): Promise<UserRow> {
  const user = await lockUser(tx, userId);
  if (!user) throw unprocessable('user_not_found', 'Linking target user not found');
  if (user.banned_until && user.banned_until > now) throw forbidden('user_banned', 'User is banned');
  const known = await findIdentity(tx, PROVIDER, claims.sub);
  if (known) {
    const whose = known.user_id === user.id ? '' : ' to another user';
    throw unprocessable('identity_already_exists', `Identity is already linked${whose}`);
  }
  await insertIdentity(tx, user.id, PROVIDER, claims, now);
  if (user.email) return updateProviders(tx, user.id, now);
  const named = await takeEmailFromIdentities(tx, user, now);
  if (!named) {
    throw badRequest('email_exists', 'A user with this email address has already been registered');
  }
  if (claims.email_verified !== true) {
    await sendConfirmation(services, tx, named, { redirectTo, pkce: false }, now);
    throw new CommitThenFail(
      unprocessable(
        'email_not_confirmed',
        `Unverified email with ${PROVIDER}. A confirmation email has been sent to your ${PROVIDER} email`,
      ),
    );
  }
  await confirmAccount(tx, named, now);
  await updateUser(tx, user.id, { is_anonymous: false }, now);
  return updateProviders(tx, user.id, now);
}
