import { z } from 'zod';
import { requireUser } from '../authenticate.ts';
import { type AuthContext, type AuthServices, timeOf } from '../context.ts';
import type { Sql } from '../data/database.ts';
import { closeSessions } from '../data/sessions.ts';
import { userJson } from '../data/user-json.ts';
import {
  emailOwner,
  identitiesOf,
  lockUser,
  type Metadata,
  mergeMetadata,
  setEmailIdentity,
  type UserChange,
  type UserRow,
  updateUser,
} from '../data/users.ts';
import { normalEmail } from '../email.ts';
import { maybeObject, maybeText, readBody, text } from '../http/body.ts';
import { badRequest, forbidden, unprocessable } from '../http/errors.ts';
import { checkStrength, hashPassword, passwordMatches } from '../password.ts';

const Update = z.object({
  email: text,
  phone: text,
  password: maybeText,
  data: maybeObject,
  app_metadata: maybeObject,
});

/** GET /user */
export async function getUser(services: AuthServices, c: AuthContext): Promise<Response> {
  const { user } = await requireUser(services, c);
  return c.json(userJson(user, await services.db.run((sql) => identitiesOf(sql, user.id))));
}

/**
 * PUT /user: address, password, metadata of oneself.
 * A new password ends the other sessions. A guest who gives an address becomes a permanent user at once where
 * addresses count as confirmed; a permanent user's new address always waits for its mail (`new_email`).
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
  const newEmail = email !== '' && email !== user.email;
  if (newEmail && (await db.run((sql) => emailOwner(sql, email, user.id)))) throw emailExists();
  if (params.password && (await passwordMatches(params.password, user.encrypted_password))) {
    throw unprocessable('same_password', 'New password should be different from the old password.');
  }
  const hash = params.password ? await hashPassword(params.password, settings) : null;

  const answer = await db.transaction(async (tx) => {
    const now = timeOf(services);
    let after = await lockUser(tx, user.id);
    if (!after) throw forbidden('user_not_found', 'User from sub claim in JWT does not exist');
    const change: UserChange = {};
    if (hash) {
      change.encrypted_password = hash;
      await closeSessions(tx, user.id, 'others', session?.id ?? null);
    }
    if (params.data)
      change.raw_user_meta_data = mergeMetadata(after.raw_user_meta_data, params.data as Metadata);
    if (newEmail && !(after.is_anonymous && settings.autoconfirm)) {
      change.email_change = email;
      change.email_change_sent_at = now;
    }
    after = await updateUser(tx, user.id, change, now);
    if (newEmail && after.is_anonymous && settings.autoconfirm) after = await settle(tx, after, email, now);
    return userJson(after, await identitiesOf(tx, user.id));
  });
  return c.json(answer);
}

/** The guest becomes a permanent user with the same id (GoTrue's emailChangeVerify). */
async function settle(tx: Sql, guest: UserRow, email: string, now: Date): Promise<UserRow> {
  await updateUser(
    tx,
    guest.id,
    {
      email,
      email_change: '',
      email_confirmed_at: now,
      is_anonymous: false,
      raw_user_meta_data: mergeMetadata(guest.raw_user_meta_data, { email_verified: true }),
    },
    now,
  );
  return setEmailIdentity(
    tx,
    guest.id,
    { sub: guest.id, email, email_verified: true, phone_verified: false },
    now,
  );
}

export const emailExists = () =>
  unprocessable('email_exists', 'A user with this email address has already been registered');
