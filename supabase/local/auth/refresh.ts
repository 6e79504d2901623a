import type { AuthServices } from './context.ts';
import type { Sql } from './data/database.ts';
import {
  activeToken,
  type Caller,
  findToken,
  lockSession,
  noteRefresh,
  revokeFamily,
  swapToken,
  type TokenRow,
} from './data/sessions.ts';
import { findUser } from './data/users.ts';
import { AuthError, badRequest, CommitThenFail } from './http/errors.ts';
import { type TokenResponse, tokenResponse } from './tokens.ts';

/**
 * A refresh token for new tokens; each can be used once. The rules are GoTrue's (`tokens.Service.RefreshTokenGrant`,
 * its rotation with reuse detection). A token that has been used is taken again in two cases, or a lost answer and
 * two tabs would sign people out:
 * - it is the parent of the active token: the client never stored the answer, and gets that active token again;
 * - it was used less than the reuse interval ago: the client refreshed twice at once.
 * Anything else is a stolen token: the session's whole family ends.
 *
 * Two at once take turns on the session's row, so what the second finds is what the first has done.
 * Throws 400 `refresh_token_not_found`, `refresh_token_already_used`, `session_expired`, `user_banned`;
 * 409 `conflict` after five seconds of waiting.
 */
export async function refresh(services: AuthServices, token: string, caller: Caller): Promise<TokenResponse> {
  const now = new Date(services.settings.now());
  return services.db.transaction(async (tx) => {
    const glimpse = await findToken(tx, token);
    if (!glimpse) throw notFound();
    await tx`set local lock_timeout = '5s'`;
    const session = await lockSession(tx, glimpse.session_id).catch(tooMany);
    // Read again: the lock may have been waited for.
    const used = session && (await findToken(tx, token));
    if (!session || !used) throw notFound();
    const user = await findUser(tx, session.user_id);
    if (!user) throw notFound();
    if (user.banned_until && user.banned_until > now) {
      throw badRequest('user_banned', 'Invalid Refresh Token: User Banned');
    }
    if (session.not_after && session.not_after < now) {
      throw badRequest('session_expired', 'Invalid Refresh Token: Session Expired');
    }
    const issued = used.revoked ? await again(services, tx, used, now) : await swapToken(tx, used, now);
    await noteRefresh(tx, session.id, caller, now);
    return tokenResponse(services, tx, user, session.id, issued);
  });
}

/** What a token that has been used before is good for. */
async function again(services: AuthServices, tx: Sql, used: TokenRow, now: Date): Promise<string> {
  const active = await activeToken(tx, used.session_id);
  if (active?.parent === used.token) return active.token;
  const until = used.updated_at.getTime() + services.settings.refreshReuseInterval * 1000;
  if (now.getTime() <= until) return swapToken(tx, used, now);
  await revokeFamily(tx, used.session_id, now);
  throw new CommitThenFail(badRequest('refresh_token_already_used', 'Invalid Refresh Token: Already Used'));
}

const notFound = () =>
  badRequest('refresh_token_not_found', 'Invalid Refresh Token: Refresh Token Not Found');

function tooMany(error: unknown): never {
  if ((error as { code?: string }).code !== '55P03') throw error;
  throw new AuthError(
    409,
    'conflict',
    'Too many concurrent token refresh requests on the same session or refresh token',
  );
}
