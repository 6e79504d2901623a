import { isIP } from 'node:net';
import type { HttpBindings } from '@hono/node-server';

/**
 * The address that rate limits and sessions are keyed on: the caller's own.
 *
 * A server that signs people in on their behalf may name theirs in `Sb-Forwarded-For`, but only with the secret key
 * (Supabase: "IP address forwarding"): otherwise anybody could have a new address for every request. The leftmost
 * address counts, anything that is no address is ignored (supabase/auth, `internal/sbff`).
 * `X-Forwarded-For` is never believed: nothing stands before this server.
 */
export function clientAddress(
  env: HttpBindings,
  forwardedFor: string | undefined,
  withSecretKey: boolean,
): string {
  const named = forwardedFor?.split(',')[0]?.trim() ?? '';
  if (withSecretKey && isIP(named) !== 0) return named;
  return (env.incoming.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
}
