import type { MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';
import type { AuthEnv } from '../context.ts';
import { GOOGLE_PATH } from '../google/paths.ts';
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

/** What a browser, a mail or a verifier opens without a key, as at the hosted gateway. */
const OPEN = new Set([
  '/auth/v1/.well-known/jwks.json',
  '/auth/v1/verify',
  '/auth/v1/authorize',
  '/auth/v1/callback',
]);

function isOpen(path: string): boolean {
  return OPEN.has(path) || path.startsWith(GOOGLE_PATH);
}

/** The gateway's part: no request without one of the project's two keys. Bodies are those of the hosted gateway. */
export function requireApiKey(keys: Keys): MiddlewareHandler<AuthEnv> {
  return async (c, next) => {
    const key = c.req.header('apikey') ?? c.req.query('apikey');
    c.set('secretKey', key === keys.serviceRoleKey);
    if (isOpen(c.req.path)) return next();
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
