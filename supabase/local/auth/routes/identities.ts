import { requireUser, UUID } from '../authenticate.ts';
import { type AuthContext, type AuthServices, timeOf } from '../context.ts';
import { deleteIdentity, takeEmailFromIdentities, updateProviders } from '../data/identities.ts';
import { identitiesOf, lockUser } from '../data/users.ts';
import { notFound, unprocessable } from '../http/errors.ts';
import { requireManualLinking } from './authorize.ts';

/** DELETE /user/identities/:id. The last one stays: without any, nobody could sign in again. */
export async function unlink(services: AuthServices, c: AuthContext): Promise<Response> {
  requireManualLinking(services);
  const { user } = await requireUser(services, c);
  const id = c.req.param('id') ?? '';
  if (!UUID.test(id)) throw notFound('validation_failed', 'identity_id must be an UUID');
  await services.db.transaction(async (tx) => {
    const now = timeOf(services);
    const locked = (await lockUser(tx, user.id)) ?? user;
    const identities = await identitiesOf(tx, user.id);
    if (identities.length <= 1) {
      throw unprocessable(
        'single_identity_not_deletable',
        'User must have at least 1 identity after unlinking',
      );
    }
    const identity = identities.find((one) => one.id === id.toLowerCase());
    if (!identity) throw unprocessable('identity_not_found', "Identity doesn't exist");
    await deleteIdentity(tx, identity.id);
    if (!(await takeEmailFromIdentities(tx, locked, now))) {
      throw unprocessable(
        'email_conflict_identity_not_deletable',
        'Unable to unlink identity due to email conflict',
      );
    }
    await updateProviders(tx, user.id, now);
  });
  return c.json({});
}
