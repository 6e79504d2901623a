import { z } from 'zod';
import { requireAdmin } from '../authenticate.ts';
import { type AuthContext, type AuthServices, timeOf } from '../context.ts';
import { userJson } from '../data/user-json.ts';
import { emailOwner, findUserByEmail, identitiesOf, lockUser, type Metadata } from '../data/users.ts';
import { normalEmail } from '../email.ts';
import { createAccount, emailExists } from '../flows/accounts.ts';
import { maybeObject, readBody, text } from '../http/body.ts';
import { sendInvite } from '../mail/letters.ts';
import { redirectTarget } from '../redirect/target.ts';

const Invite = z.object({ email: text, data: maybeObject });

/** POST /invite: an account without a password, and a mail that opens it. Again, while it has not been accepted. */
export async function invite(services: AuthServices, c: AuthContext): Promise<Response> {
  await requireAdmin(services, c);
  const params = await readBody(c, Invite);
  const email = normalEmail(params.email);
  const redirectTo = redirectTarget(services, c);
  const now = timeOf(services);
  const answer = await services.db.transaction(async (tx) => {
    const found = await findUserByEmail(tx, email);
    if (found?.email_confirmed_at || (!found && (await emailOwner(tx, email)))) throw emailExists();
    const data = (params.data ?? {}) as Metadata;
    const user = found
      ? ((await lockUser(tx, found.id)) ?? found)
      : await createAccount(services, tx, { email, passwordHash: '', data, invited: true }, now);
    const invited = await sendInvite(services, tx, user, redirectTo, now);
    return userJson(invited, await identitiesOf(tx, invited.id));
  });
  return c.json(answer);
}
