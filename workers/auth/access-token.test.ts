import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { testEnv } from '../testing/environment.ts';
import { verifyAccessToken } from './access-token.ts';

// A project of its own for each test: keys are kept by their address.
let projects = 0;
const project = () => testEnv({ SUPABASE_URL: `https://project-${++projects}.supabase.test` });

afterEach(() => vi.unstubAllGlobals());

function publish(keys: JWK[]): void {
  vi.stubGlobal('fetch', async () => Response.json({ keys }));
}

const token = (env: Env, key: CryptoKey | Uint8Array, alg: string, kid: string) =>
  new SignJWT({ role: 'authenticated', is_anonymous: true })
    .setProtectedHeader({ alg, kid })
    .setSubject(crypto.randomUUID())
    .setIssuer(`${env.SUPABASE_URL}/auth/v1`)
    .setAudience('authenticated')
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(key);

describe('only Auth’s asymmetric keys sign', () => {
  test('ES256 does', async () => {
    const env = project();
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    publish([{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256' }]);
    expect(await verifyAccessToken(env, await token(env, privateKey, 'ES256', 'one'))).toMatchObject({
      ok: true,
    });
  });

  test.each(['HS256', 'HS512'])(
    '%s doesn’t, even where the shared secret is among the published keys',
    async (alg) => {
      const env = project();
      const secret = crypto.getRandomValues(new Uint8Array(64));
      publish([{ kty: 'oct', k: Buffer.from(secret).toString('base64url'), kid: 'shared' }]);
      expect(await verifyAccessToken(env, await token(env, secret, alg, 'shared'))).toEqual({
        ok: false,
        reason: 'invalid',
      });
    },
  );
});
