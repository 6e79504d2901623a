import { requireUser } from '../authenticate.ts';
import type { AuthContext, AuthServices } from '../context.ts';
import { closeSessions } from '../data/sessions.ts';
import { badRequest } from '../http/errors.ts';

/** POST /logout: `scope` says which sessions end; everywhere unless told otherwise. */
export async function logout(services: AuthServices, c: AuthContext): Promise<Response> {
  const scope = c.req.query('scope') || 'global';
  if (scope !== 'global' && scope !== 'local' && scope !== 'others') {
    throw badRequest('validation_failed', `Unsupported logout scope ${JSON.stringify(scope)}`);
  }
  const { user, session } = await requireUser(services, c);
  await services.db.run((sql) => closeSessions(sql, user.id, scope, session?.id ?? null));
  return c.body(null, 204);
}
