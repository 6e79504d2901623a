import type { AuthServices } from '../context.ts';
import type { Sql } from '../data/database.ts';
import { clearToken } from '../data/one-time-tokens.ts';
import { type UserRow, updateUser } from '../data/users.ts';
import { tooManyMails } from '../http/errors.ts';
import { post } from './post.ts';

/** How the person comes back from a link. */
export interface Way {
  redirectTo: string;
  pkce: boolean;
}

/** Throws 429 `over_email_send_rate_limit` while the mail before is younger than the settings allow. */
export function checkFrequency(services: AuthServices, sentAt: Date | null, now: Date): void {
  if (!sentAt) return;
  const left = sentAt.getTime() + services.settings.emailFrequency * 1000 - now.getTime();
  if (left > 0) {
    throw tooManyMails(
      `For security purposes, you can only request this after ${Math.floor(left / 1000)} seconds.`,
    );
  }
}

/** The first proof of a new account's address. */
export async function sendConfirmation(
  services: AuthServices,
  tx: Sql,
  user: UserRow,
  way: Way,
  now: Date,
): Promise<UserRow> {
  checkFrequency(services, user.confirmation_sent_at, now);
  const after = await updateUser(tx, user.id, { confirmation_sent_at: now }, now);
  const to = user.email ?? '';
  await post(
    services,
    tx,
    {
      ...way,
      kind: 'confirmation',
      userId: user.id,
      to,
      tokenType: 'confirmation_token',
      linkType: 'signup',
    },
    now,
  );
  return after;
}

/** No frequency limit: an administrator asks for it. */
export async function sendInvite(
  services: AuthServices,
  tx: Sql,
  user: UserRow,
  redirectTo: string,
  now: Date,
): Promise<UserRow> {
  const after = await updateUser(tx, user.id, { invited_at: now, confirmation_sent_at: now }, now);
  const letter = {
    kind: 'invite',
    userId: user.id,
    to: user.email ?? '',
    tokenType: 'confirmation_token',
    linkType: 'invite',
    redirectTo,
    pkce: false,
  } as const;
  await post(services, tx, letter, now);
  return after;
}

/** A password reset or a sign-in link: one timer and one token for both. */
export async function sendRecovery(
  services: AuthServices,
  tx: Sql,
  user: UserRow,
  linkType: 'recovery' | 'magiclink',
  way: Way,
  now: Date,
): Promise<void> {
  checkFrequency(services, user.recovery_sent_at, now);
  await updateUser(tx, user.id, { recovery_sent_at: now }, now);
  const kind = linkType === 'recovery' ? 'recovery' : 'magic_link';
  const to = user.email ?? '';
  await post(services, tx, { ...way, kind, userId: user.id, to, tokenType: 'recovery_token', linkType }, now);
}

/** To the new address, and to the present one too where the settings ask for both. */
export async function sendEmailChange(
  services: AuthServices,
  tx: Sql,
  user: UserRow,
  newAddress: string,
  way: Way,
  now: Date,
): Promise<UserRow> {
  checkFrequency(services, user.email_change_sent_at, now);
  const change = { email_change: newAddress, email_change_sent_at: now, email_change_confirm_status: 0 };
  const after = await updateUser(tx, user.id, change, now);
  const letter = {
    ...way,
    kind: 'email_change',
    userId: user.id,
    linkType: 'email_change',
    newAddress,
  } as const;
  await post(services, tx, { ...letter, to: newAddress, tokenType: 'email_change_token_new' }, now);
  if (services.settings.doubleConfirmChanges && user.email) {
    await post(services, tx, { ...letter, to: user.email, tokenType: 'email_change_token_current' }, now);
  } else await clearToken(tx, user.id, 'email_change_token_current');
  return after;
}

/** A code alone: the person is signed in and shows that the mailbox is still theirs. */
export async function sendReauthentication(
  services: AuthServices,
  tx: Sql,
  user: UserRow,
  now: Date,
): Promise<void> {
  checkFrequency(services, user.reauthentication_sent_at, now);
  await updateUser(tx, user.id, { reauthentication_sent_at: now }, now);
  const letter = {
    kind: 'reauthentication',
    userId: user.id,
    to: user.email ?? '',
    tokenType: 'reauthentication_token',
    redirectTo: '',
    pkce: false,
  } as const;
  await post(services, tx, letter, now);
}
