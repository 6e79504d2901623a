import type { JWTPayload } from 'jose';
import type { AuthContext, AuthServices } from './context.ts';
import { findSession, type SessionRow } from './data/sessions.ts';
import { AUDIENCE, findUser, type UserRow } from './data/users.ts';
import { AuthError, badRequest, forbidden } from './http/errors.ts';
import { verifyToken } from './tokens.ts';

export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * The person and the session behind the request's bearer token.
 * Throws 401 `no_authorization`, 403 `bad_jwt`, `user_not_found` or `session_not_found`, as GoTrue's
 * requireAuthentication does.
 */
export async function requireUser(
  services: AuthServices,
  c: AuthContext,
): Promise<{ user: UserRow; session: SessionRow | null }> {
  const claims = await bearerClaims(services, c);
  if (!claims.sub) throw forbidden('bad_jwt', 'invalid claim: missing sub claim');
  if (!UUID.test(claims.sub)) throw badRequest('bad_jwt', 'invalid claim: sub claim must be a UUID');
  if ([claims.aud].flat()[0] !== AUDIENCE) {
    throw badRequest('validation_failed', "Token audience doesn't match request audience");
  }
  const { sub, session_id: sessionId } = claims;
  const user = await services.db.run((sql) => findUser(sql, sub));
  if (!user) throw forbidden('user_not_found', 'User from sub claim in JWT does not exist');
  if (typeof sessionId !== 'string' || sessionId === '') return { user, session: null };
  if (!UUID.test(sessionId)) throw forbidden('bad_jwt', 'invalid claim: session_id claim must be a UUID');
  const session = await services.db.run((sql) => findSession(sql, sessionId));
  if (!session) throw forbidden('session_not_found', 'Session from session_id claim in JWT does not exist');
  return { user, session };
}

/** Lets only the service role through. Throws 401 `no_authorization`, 403 `bad_jwt` or `not_admin`. */
export async function requireAdmin(services: AuthServices, c: AuthContext): Promise<void> {
  const { role } = await bearerClaims(services, c);
  if (role !== 'service_role' && role !== 'supabase_admin') throw forbidden('not_admin', 'User not allowed');
}

async function bearerClaims(services: AuthServices, c: AuthContext): Promise<JWTPayload> {
  const [, token] = /^[Bb]earer (\S+)$/.exec(c.req.header('authorization') ?? '') ?? [];
  if (!token) throw new AuthError(401, 'no_authorization', 'This endpoint requires a Bearer token');
  return verifyToken(services, token);
}
