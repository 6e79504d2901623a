import type { MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';
import type { AuthEnv } from '../context.ts';
import type { Keys } from '../keys.ts';

/** Any origin, as on a hosted project: what guards the API is the token, and no cookie is looked at. */
export const openToBrowsers: MiddlewareHandler<AuthEnv> = cors({
  origin: '*',
  allowMethods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
  allowHeaders: [
    'Accept',
    'Authorization',
    'Content-Type',
    'X-Client-IP',
    'X-Client-Info',
    'X-JWT-AUD',
    'X-Supabase-Api-Version',
    'apikey',
  ],
  exposeHeaders: ['X-Total-Count', 'Link', 'X-Supabase-Api-Version'],
});

/** Paths a mail or a verifier opens without a key. */
const OPEN = new Set(['/auth/v1/.well-known/jwks.json']);

/** The gateway's part: no request without one of the project's two keys. Bodies are those of the hosted gateway. */
export function requireApiKey(keys: Keys): MiddlewareHandler<AuthEnv> {
  return async (c, next) => {
    const key = c.req.header('apikey') ?? c.req.query('apikey');
    c.set('secretKey', key === keys.serviceRoleKey);
    if (OPEN.has(c.req.path)) return next();
    if (!key) {
      const hint = 'No `apikey` request header or url param was found.';
      return c.json({ message: 'No API key found in request', hint }, 401);
    }
    if (key !== keys.anonKey && key !== keys.serviceRoleKey) {
      const hint = 'Double check your Supabase `anon` or `service_role` API key.';
      return c.json({ message: 'Invalid API key', hint }, 401);
    }
    return next();
  };
}
