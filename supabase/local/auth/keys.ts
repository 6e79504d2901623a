import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';
import { writeWhole } from '../whole-file.ts';

export interface Keys {
  kid: string;
  privateKey: CryptoKey;
  publicKey: CryptoKey;
  /** What `/.well-known/jwks.json` shows. */
  publicJwk: JWK;
  /** The key a browser may have: role `anon`. */
  anonKey: string;
  /** The key only servers may have: role `service_role`, opens the admin calls. */
  serviceRoleKey: string;
}

interface Stored {
  privateJwk: JWK;
  anonKey: string;
  serviceRoleKey: string;
}

/**
 * The signing key (ES256, as a new hosted project's) and the two API keys signed with it.
 * Made once in `stateDir` and readable by us alone, so that tokens and keys outlive a restart.
 */
export async function loadKeys(stateDir: string): Promise<Keys> {
  const file = path.join(stateDir, 'keys.json');
  const stored = await readFile(file, 'utf8').then(
    (text) => JSON.parse(text) as Stored,
    () => make(file),
  );
  const { kid = '', kty, crv, x, y } = stored.privateJwk;
  const publicJwk = { kty, crv, x, y, kid, alg: 'ES256', use: 'sig', key_ops: ['verify'], ext: true } as JWK;
  return {
    kid,
    publicJwk,
    privateKey: (await importJWK(stored.privateJwk, 'ES256')) as CryptoKey,
    publicKey: (await importJWK(publicJwk, 'ES256')) as CryptoKey,
    anonKey: stored.anonKey,
    serviceRoleKey: stored.serviceRoleKey,
  };
}

async function make(file: string): Promise<Stored> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(privateKey);
  const kid = await calculateJwkThumbprint(jwk);
  const apiKey = (role: string) =>
    new SignJWT({ role })
      .setProtectedHeader({ alg: 'ES256', kid, typ: 'JWT' })
      .setIssuer('supabase-local')
      .setIssuedAt()
      .setExpirationTime('20 years')
      .sign(privateKey);
  const stored = {
    privateJwk: { ...jwk, kid, alg: 'ES256' },
    anonKey: await apiKey('anon'),
    serviceRoleKey: await apiKey('service_role'),
  };
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  await writeWhole(file, JSON.stringify(stored), { mode: 0o600 });
  return stored;
}
