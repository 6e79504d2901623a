import { createLocalJWKSet, errors, type JSONWebKeySet, jwtVerify } from 'jose';
import { z } from 'zod';
import { settingsOf } from '../env.ts';
import { log } from '../log.ts';
import type { Claims } from './person.ts';

/** `invalid`: not a token of this project, or no longer one. `unavailable`: Auth's keys could not be read. */
export type Verified = { ok: true; claims: Claims } | { ok: false; reason: 'invalid' | 'unavailable' };

type KeySet = ReturnType<typeof createLocalJWKSet>;

const FRESH_MS = 10 * 60_000;
/** How often an unknown key id may make us ask again. */
const REFETCH_MS = 30_000;
const FETCH_TIMEOUT_MS = 5_000;

/** Signature algorithms of Supabase's asymmetric keys. Never a symmetric one: the public key would sign. */
const ALGORITHMS = ['ES256', 'RS256', 'EdDSA'];

// Plain data, so one request's may serve the next; a pending promise could not.
let cache: { url: string; keys: KeySet; at: number } | undefined;

const payloadSchema = z.object({
  sub: z.uuid(),
  role: z.literal('authenticated'),
  iat: z.number(),
  exp: z.number(),
  is_anonymous: z.boolean().default(false),
  email: z.string().optional(),
  session_id: z.string().optional(),
  user_metadata: z
    .object({ full_name: z.string().optional().catch(undefined) })
    .optional()
    .catch(undefined),
});

/**
 * Verifies an access token of this project's Auth with its published keys: signature, issuer, audience, expiry.
 * Keys are kept; while Auth is away, those known go on serving.
 */
export async function verifyAccessToken(env: Env, token: string): Promise<Verified> {
  const issuer = `${settingsOf(env).supabaseUrl}/auth/v1`;
  const url = `${issuer}/.well-known/jwks.json`;
  let keys = await keySet(env, url, FRESH_MS);
  if (!keys) return { ok: false, reason: 'unavailable' };
  try {
    return await verify(token, keys, issuer);
  } catch (error) {
    if (!(error instanceof errors.JWKSNoMatchingKey)) return { ok: false, reason: 'invalid' };
  }
  // A key that was rotated in since: ask again, but not for every forged key id.
  keys = await keySet(env, url, REFETCH_MS);
  if (!keys) return { ok: false, reason: 'unavailable' };
  return verify(token, keys, issuer).catch((): Verified => ({ ok: false, reason: 'invalid' }));
}

async function verify(token: string, keys: KeySet, issuer: string): Promise<Verified> {
  const { payload } = await jwtVerify(token, keys, {
    issuer,
    audience: 'authenticated',
    algorithms: ALGORITHMS,
  });
  const claims = payloadSchema.safeParse(payload);
  if (!claims.success) return { ok: false, reason: 'invalid' };
  const { sub, role, iat, exp, is_anonymous, email, session_id, user_metadata } = claims.data;
  return {
    ok: true,
    claims: {
      sub,
      role,
      iat,
      exp,
      isAnonymous: is_anonymous,
      ...(email ? { email } : {}),
      ...(session_id ? { sessionId: session_id } : {}),
      ...(user_metadata?.full_name ? { fullName: user_metadata.full_name } : {}),
    },
  };
}

async function keySet(env: Env, url: string, maxAgeMs: number): Promise<KeySet | null> {
  const held = cache?.url === url ? cache : undefined;
  if (held && Date.now() - held.at < maxAgeMs) return held.keys;
  try {
    const response = await fetch(url, {
      headers: { apikey: env.SUPABASE_ANON_KEY },
      signal: AbortSignal.timeout(FETCH_TIMEOUT_MS),
    });
    if (!response.ok) throw new Error('no keys');
    const keys = createLocalJWKSet(await response.json<JSONWebKeySet>());
    cache = { url, keys, at: Date.now() };
    return keys;
  } catch {
    log({ event: 'auth_unavailable', call: 'jwks', status: null });
    return held?.keys ?? null;
  }
}
