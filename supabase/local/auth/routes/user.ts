import { z } from 'zod';
import { requireUser } from '../authenticate.ts';
import { type AuthContext, type AuthServices, timeOf } from '../context.ts';
import { insertFlow } from '../data/flow-states.ts';
import { clearTokens } from '../data/one-time-tokens.ts';
import { closeSessions } from '../data/sessions.ts';
import { userJson } from '../data/user-json.ts';
import {
  emailOwner,
  identitiesOf,
  lockUser,
  type Metadata,
  mergeMetadata,
  type UserChange,
  updateUser,
} from '../data/users.ts';
import { normalEmail } from '../email.ts';
import { emailExists, takeNewEmail } from '../flows/accounts.ts';
import { challengeFields, readChallenge } from '../flows/pkce.ts';
import { proofNeeded, takeNonce } from '../flows/reauthentication.ts';
import { maybeObject, maybeText, readBody, text } from '../http/body.ts';
import { badRequest, forbidden, unprocessable } from '../http/errors.ts';
import { sendEmailChange } from '../mail/letters.ts';
import { checkStrength, hashPassword, passwordMatches } from '../password.ts';
import { redirectTarget } from '../redirect/target.ts';

const Update = z.object({
  email: text,
  phone: text,
  password: maybeText,
  data: maybeObject,
  app_metadata: maybeObject,
  nonce: text,
  ...challengeFields,
});

/** GET /user */
export async function getUser(services: AuthServices, c: AuthContext): Promise<Response> {
  const { user } = await requireUser(services, c);
  return c.json(userJson(user, await services.db.run((sql) => identitiesOf(sql, user.id))));
}

/**
 * PUT /user: address, password, metadata of oneself.
 * A new password ends the other sessions and everything mailed before. A guest who gives an address becomes a
 * permanent user, at once where addresses count as confirmed, else with the mail; a permanent user's new address
 * always waits for its mails (`new_email`).
 */
export async function putUser(services: AuthServices, c: AuthContext): Promise<Response> {
  const params = await readBody(c, Update);
  const { user, session } = await requireUser(services, c);
  const { settings, db } = services;
  const email = params.email === '' ? '' : normalEmail(params.email);
  if (params.phone !== '') throw badRequest('phone_provider_disabled', 'Phone signups are disabled');
  if (params.password !== undefined) checkStrength(params.password, settings);
  if (params.app_metadata) {
    throw forbidden('not_admin', 'Updating app_metadata requires admin privileges');
  }
  if (user.is_anonymous && params.password && email === '') {
    throw unprocessable(
      'validation_failed',
      'Updating password of an anonymous user without an email or phone is not allowed',
    );
  }
  const challenge = readChallenge(params);
  const newEmail = email !== '' && email !== user.email;
  if (newEmail && (await db.run((sql) => emailOwner(sql, email, user.id)))) throw emailExists();
  if (params.password && (await passwordMatches(params.password, user.encrypted_password))) {
    throw unprocessable('same_password', 'New password should be different from the old password.');
  }
  const proof = params.password === undefined ? null : proofNeeded(services, params.nonce, session);
  const hash = params.password ? await hashPassword(params.password, settings) : null;

  const answer = await db.transaction(async (tx) => {
    const now = timeOf(services);
    let after = await lockUser(tx, user.id);
    if (!after) throw forbidden('user_not_found', 'User from sub claim in JWT does not exist');
    if (proof) await takeNonce(tx, after, proof.nonce, now);
    const change: UserChange = {};
    if (hash) {
      change.encrypted_password = hash;
      await closeSessions(tx, user.id, 'others', session?.id ?? null);
      await clearTokens(tx, user.id);
    }
    if (params.data) {
      change.raw_user_meta_data = mergeMetadata(after.raw_user_meta_data, params.data as Metadata);
    }
    after = await updateUser(tx, user.id, change, now);
    if (newEmail && after.is_anonymous && settings.autoconfirm) {
      after = await takeNewEmail(tx, after, email, now);
    } else if (newEmail) {
      if (challenge) {
        const flow = {
          provider: 'email_change',
          method: 'email_change',
          challenge,
          userId: user.id,
        } as const;
        await insertFlow(tx, flow, now);
      }
      const way = { redirectTo: redirectTarget(services, c), pkce: challenge !== null };
      after = await sendEmailChange(services, tx, after, email, way, now);
    }
    return userJson(after, await identitiesOf(tx, user.id));
  });
  return c.json(answer);
}
