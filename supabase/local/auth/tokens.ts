import { errors, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import type { AuthServices } from './context.ts';
import type { Sql } from './data/database.ts';
import { amrOf } from './data/sessions.ts';
import { userJson } from './data/user-json.ts';
import { identitiesOf, type UserRow } from './data/users.ts';
import { forbidden } from './http/errors.ts';

/** The body of every answer that signs somebody in or keeps them signed in. */
export interface TokenResponse {
  access_token: string;
  token_type: 'bearer';
  /** Seconds. */
  expires_in: number;
  /** Seconds since the epoch. */
  expires_at: number;
  refresh_token: string;
  user: Record<string, unknown>;
  /** Only when the password that was right is weak by today's rule. */
  weak_password?: { message: string; reasons: string[] };
}

/** Signs an access token for the session (claims as GoTrue's AccessTokenClaims) and makes the answer around it. */
export async function tokenResponse(
  services: AuthServices,
  tx: Sql,
  user: UserRow,
  sessionId: string,
  refreshToken: string,
): Promise<TokenResponse> {
  const { keys, settings } = services;
  const issuedAt = Math.floor(settings.now() / 1000);
  const expiresAt = issuedAt + settings.accessTokenLifetime;
  const accessToken = await new SignJWT({
    email: user.email ?? '',
    phone: user.phone ?? '',
    app_metadata: user.raw_app_meta_data ?? {},
    user_metadata: user.raw_user_meta_data ?? {},
    role: user.role,
    aal: 'aal1',
    amr: await amrOf(tx, sessionId),
    session_id: sessionId,
    is_anonymous: user.is_anonymous,
  })
    .setProtectedHeader({ alg: 'ES256', kid: keys.kid, typ: 'JWT' })
    .setIssuer(services.issuer())
    .setSubject(user.id)
    .setAudience(user.aud)
    .setIssuedAt(issuedAt)
    .setExpirationTime(expiresAt)
    .sign(keys.privateKey);
  return {
    access_token: accessToken,
    token_type: 'bearer',
    expires_in: settings.accessTokenLifetime,
    expires_at: expiresAt,
    refresh_token: refreshToken,
    user: userJson(user, await identitiesOf(tx, user.id)),
  };
}

/** The claims of a token this server signed and that has not expired. Throws 403 `bad_jwt`. */
export async function verifyToken(services: AuthServices, token: string): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, services.keys.publicKey, {
      algorithms: ['ES256'],
      currentDate: new Date(services.settings.now()),
    });
    return payload;
  } catch (error) {
    const why =
      error instanceof errors.JWTExpired
        ? 'token has invalid claims: token is expired'
        : 'token is malformed';
    throw forbidden('bad_jwt', `invalid JWT: unable to parse or verify signature, ${why}`);
  }
}
