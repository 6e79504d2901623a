import { EncryptJWT, jwtDecrypt } from 'jose';
import type { z } from 'zod';

/**
 * Something of ours that goes through the browser and comes back: nobody reads or makes it but this Worker (AES-256-GCM
 * with a key drawn from `TICKET_SECRET`).
 */

/** @param purpose what it is for: sealed for one thing, it opens for no other */
export async function seal(
  env: Env,
  purpose: string,
  content: Record<string, unknown>,
  seconds: number,
): Promise<string> {
  return new EncryptJWT(content)
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
    .setAudience(purpose)
    .setExpirationTime(Math.floor(Date.now() / 1000) + seconds)
    .encrypt(await keyOf(env));
}

/** What was sealed, or null: not ours, for something else, too old, or of another shape. */
export async function unseal<Schema extends z.ZodType>(
  env: Env,
  purpose: string,
  sealed: string,
  schema: Schema,
): Promise<z.infer<Schema> | null> {
  try {
    const { payload } = await jwtDecrypt(sealed, await keyOf(env), { audience: purpose });
    return schema.parse(payload);
  } catch {
    return null;
  }
}

async function keyOf(env: Env): Promise<Uint8Array> {
  const text = new TextEncoder().encode(`wellchina sealed ${env.TICKET_SECRET}`);
  return new Uint8Array(await crypto.subtle.digest('SHA-256', text));
}
