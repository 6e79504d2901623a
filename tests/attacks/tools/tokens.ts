import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { generateKeyPair, importJWK, type JWK, type JWTHeaderParameters, SignJWT } from 'jose';
import type { TestBackend } from '../../support/backend.ts';

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Makes tokens as somebody might who has Auth's published key, and as Auth itself would with its own. */
export class Forge {
  readonly #privateKey: CryptoKey;
  readonly #ownKey: CryptoKey;
  readonly publicJwk: JWK;
  readonly issuer: string;

  private constructor(privateKey: CryptoKey, ownKey: CryptoKey, publicJwk: JWK, issuer: string) {
    this.#privateKey = privateKey;
    this.#ownKey = ownKey;
    this.publicJwk = publicJwk;
    this.issuer = issuer;
  }

  static async open({ mailDir, supabaseUrl }: TestBackend): Promise<Forge> {
    // The stand-in's own key: without it nothing could be wrong with a token but its signature.
    const file = path.join(mailDir, '..', 'auth', 'keys.json');
    const { privateJwk } = JSON.parse(await readFile(file, 'utf8')) as { privateJwk: JWK };
    const issuer = `${supabaseUrl}/auth/v1`;
    const published = (await (await fetch(`${issuer}/.well-known/jwks.json`)).json()) as { keys: JWK[] };
    const [publicJwk] = published.keys;
    if (!publicJwk) throw new Error('Auth publishes no key');
    const { privateKey: ownKey } = await generateKeyPair('ES256', { extractable: true });
    return new Forge((await importJWK(privateJwk, 'ES256')) as CryptoKey, ownKey, publicJwk, issuer);
  }

  /** The claims of a guest's fresh token, changed. `undefined` takes one away. */
  claims(sub: string, change: Record<string, unknown> = {}): Record<string, unknown> {
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: this.issuer,
      sub,
      aud: 'authenticated',
      role: 'authenticated',
      iat: now,
      exp: now + 3600,
      is_anonymous: true,
      session_id: crypto.randomUUID(),
      ...change,
    };
    return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));
  }

  /** Signed with Auth's own key. */
  real(claims: Record<string, unknown>, header: Record<string, unknown> = {}): Promise<string> {
    return this.#sign(claims, this.#privateKey, header);
  }

  /** Signed with a key of the attacker's, under the name of Auth's. */
  foreign(claims: Record<string, unknown>, header: Record<string, unknown> = {}): Promise<string> {
    return this.#sign(claims, this.#ownKey, header);
  }

  /** Signed with a secret anybody can compute. */
  symmetric(claims: Record<string, unknown>, secret: Uint8Array, alg = 'HS256'): Promise<string> {
    return new SignJWT(claims).setProtectedHeader({ alg, ...this.#kid() }).sign(secret);
  }

  unsigned(claims: Record<string, unknown>, alg: string): string {
    return `${encode({ alg, typ: 'JWT', ...this.#kid() })}.${encode(claims)}.`;
  }

  #sign(claims: Record<string, unknown>, key: CryptoKey, header: Record<string, unknown>): Promise<string> {
    const full = { alg: 'ES256', typ: 'JWT', ...this.#kid(), ...header } as JWTHeaderParameters;
    return new SignJWT(claims).setProtectedHeader(full).sign(key);
  }

  #kid(): { kid?: string } {
    return this.publicJwk.kid === undefined ? {} : { kid: this.publicJwk.kid };
  }
}

/** A token with its payload changed and the signature kept. */
export function tampered(token: string, change: (payload: Record<string, unknown>) => void): string {
  const [head = '', body = '', signature = ''] = token.split('.');
  const payload = JSON.parse(Buffer.from(body, 'base64url').toString()) as Record<string, unknown>;
  change(payload);
  return [head, encode(payload), signature].join('.');
}
