import type { AuthServices } from '../context.ts';
import type { Sql } from '../data/database.ts';
import { clearTokens, findTokenByHash } from '../data/one-time-tokens.ts';
import type { SessionRow } from '../data/sessions.ts';
import type { UserRow } from '../data/users.ts';
import { badRequest, unprocessable } from '../http/errors.ts';
import { hashCode } from '../mail/codes.ts';

const DAY = 24 * 60 * 60 * 1000;

/**
 * Whether a new password needs a mailed code, and which was given: where the settings ask for it and the session is
 * older than a day. Throws 400 `reauthentication_needed` when there is none.
 */
export function proofNeeded(
  { settings }: AuthServices,
  nonce: string,
  session: SessionRow | null,
): { nonce: string } | null {
  if (!settings.securePasswordChange) return null;
  if (session && settings.now() <= session.created_at.getTime() + DAY) return null;
  if (nonce === '') throw badRequest('reauthentication_needed', 'Password update requires reauthentication');
  return { nonce };
}

/** Takes the code, once. Throws 422 `reauthentication_not_valid`. */
export async function takeNonce(tx: Sql, user: UserRow, nonce: string, now: Date): Promise<void> {
  const hash = hashCode(user.email ?? '', nonce);
  const token = await findTokenByHash(tx, [hash], ['reauthentication_token']);
  if (!token || token.user_id !== user.id || now > token.expires_at) {
    throw unprocessable('reauthentication_not_valid', 'Nonce has expired or is invalid');
  }
  await clearTokens(tx, user.id);
}
