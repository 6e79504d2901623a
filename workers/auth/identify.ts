import { sessionTokenOf } from '../../app/services/supabase.server.ts';
import { displayName } from '../rooms/names.ts';
import { verifyAccessToken } from './access-token.ts';
import type { Claims, Person } from './person.ts';

/**
 * Who a request comes from. `anonymous`: it carries no credential. `invalid`: one that is none (any more).
 * `unavailable`: whoever could tell does not answer.
 */
export type Identified =
  | { ok: true; person: Person; claims: Claims }
  | { ok: false; reason: 'anonymous' | 'invalid' | 'unavailable' };

/** The bearer token of an `Authorization` header, or null. */
export function bearerOf(request: Request): string | null {
  return /^Bearer ([\w.~+/-]+=*)$/iu.exec(request.headers.get('Authorization') ?? '')?.[1] ?? null;
}

/**
 * Recognises the person behind a request: by the bearer token if one is given, else by an agent's cookie. Role and
 * name come from here and nowhere else.
 *
 * @param bearer the token from the header or the subprotocol, null to read the cookie
 */
export async function identify(request: Request, env: Env, bearer: string | null): Promise<Identified> {
  const token = bearer ?? (await sessionTokenOf(request));
  if (!token) return { ok: false, reason: 'anonymous' };
  const verified = await verifyAccessToken(env, token);
  if (!verified.ok) return verified;
  const { claims } = verified;
  if (claims.isAnonymous) return { ok: true, person: visitorOf(claims), claims };

  const found = await env.STORE.currentAgent(claims);
  // No account any more: the token has outlived it.
  if (!found.ok) return { ok: false, reason: found.code === 'gone' ? 'invalid' : 'unavailable' };
  if (!found.agent) return { ok: true, person: visitorOf(claims), claims };
  const { id, name, avatarUrl, role, maxChats } = found.agent;
  const person: Person = {
    id,
    role: 'agent',
    name,
    isAnonymous: false,
    avatarUrl,
    isAdmin: role === 'admin',
    maxChats,
  };
  return { ok: true, person, claims };
}

function visitorOf(claims: Claims): Person {
  return {
    id: claims.sub,
    role: 'visitor',
    name: displayName(claims.fullName),
    isAnonymous: claims.isAnonymous,
    avatarUrl: null,
    isAdmin: false,
    maxChats: 0,
  };
}
