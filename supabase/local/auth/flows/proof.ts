import type { AuthServices } from '../context.ts';
import type { Sql } from '../data/database.ts';
import { updateProviders } from '../data/identities.ts';
import {
  clearToken,
  clearTokens,
  findTokenByHash,
  type OneTimeToken,
  type TokenType,
} from '../data/one-time-tokens.ts';
import type { Method } from '../data/sessions.ts';
import { lockUser, type UserRow, updateUser } from '../data/users.ts';
import { badRequest, forbidden } from '../http/errors.ts';
import { eitherFlow, hashCode } from '../mail/codes.ts';
import type { LinkType } from '../mail/post.ts';
import { confirmAccount, confirmByMail, takeNewEmail } from './accounts.ts';

/** What somebody shows: the hash out of a link, or the code they typed with their address. */
export type Proof = { type: string } & ({ hash: string } | { address: string; code: string });

export interface Proven {
  /** Null when the other mailbox has to say so as well. */
  user: UserRow | null;
  type: LinkType;
}

const TOKENS: Record<LinkType | 'email', readonly TokenType[]> = {
  email: ['confirmation_token', 'recovery_token'],
  signup: ['confirmation_token'],
  invite: ['confirmation_token'],
  recovery: ['recovery_token'],
  magiclink: ['recovery_token'],
  email_change: ['email_change_token_current', 'email_change_token_new'],
};

/** How a session that began with such a link is said to have begun. */
export const METHODS: Record<LinkType, Method> = {
  signup: 'email/signup',
  invite: 'invite',
  recovery: 'recovery',
  magiclink: 'magiclink',
  email_change: 'email_change',
};

/**
 * Takes the proof once, and does what it proves. Throws 403 `otp_expired` for one that is unknown, used, replaced or too
 * old (which of them is nobody's business), 403 `user_banned`, 422 `email_exists`, 400 for a type there is none of.
 */
export async function accept(services: AuthServices, tx: Sql, proof: Proof, now: Date): Promise<Proven> {
  const { token, user } = await find(tx, proof, now);
  const type = proof.type === 'email' ? emailType(token) : (proof.type as LinkType);
  if (type === 'email_change') return { type, user: await changeEmail(services, tx, user, token, now) };
  if (type === 'signup' || type === 'invite') await confirmByMail(tx, user, now);
  else if (user.email_confirmed_at) await clearTokens(tx, user.id);
  else await confirmAccount(tx, user, now);
  return { type, user: await updateProviders(tx, user.id, now) };
}

async function find(tx: Sql, proof: Proof, now: Date): Promise<{ token: OneTimeToken; user: UserRow }> {
  const byLink = 'hash' in proof;
  const types = Object.hasOwn(TOKENS, proof.type) ? TOKENS[proof.type as LinkType] : null;
  if (!types) throw badRequest('validation_failed', 'Unsupported verification type');
  const hashes = byLink ? [proof.hash] : eitherFlow(hashCode(proof.address, proof.code));
  const refused = () =>
    forbidden(
      'otp_expired',
      byLink ? 'Email link is invalid or has expired' : 'Token has expired or is invalid',
    );
  const glimpse = await findTokenByHash(tx, hashes, types);
  const user = glimpse && (await lockUser(tx, glimpse.user_id));
  const token = user && (await findTokenByHash(tx, hashes, types));
  if (!token || token.user_id !== user.id) throw refused();
  if (!byLink && token.relates_to !== proof.address) throw refused();
  if (user.banned_until && user.banned_until > now) throw forbidden('user_banned', 'User is banned');
  if (now > token.expires_at) throw refused();
  return { token, user };
}

const emailType = (token: OneTimeToken): LinkType =>
  token.token_type === 'confirmation_token' ? 'signup' : 'magiclink';

/** From both mailboxes, where both were asked and addresses do not count as confirmed anyway (as GoTrue). */
async function changeEmail(
  { settings }: AuthServices,
  tx: Sql,
  user: UserRow,
  token: OneTimeToken,
  now: Date,
): Promise<UserRow | null> {
  const both = settings.doubleConfirmChanges && !settings.autoconfirm && user.email;
  if (both && user.email_change_confirm_status === 0) {
    await clearToken(tx, user.id, token.token_type);
    await updateUser(tx, user.id, { email_change_confirm_status: 1 }, now);
    return null;
  }
  await takeNewEmail(tx, user, user.email_change ?? '', now);
  return updateProviders(tx, user.id, now);
}
