import { settingsOf } from '../env.ts';

/**
 * Whether `origin` may open sockets and send cookies: the Worker's own, or one the operator listed. The sites that
 * carry the widget are not asked here: their frame is ours, and what it sends comes from our own origin.
 */
export function isAllowedOrigin(request: Request, env: Env, origin: string): boolean {
  return origin === new URL(request.url).origin || settingsOf(env).allowedOrigins.includes(origin);
}
