import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { requireAdmin, UUID } from '../authenticate.ts';
import { type AuthContext, type AuthServices, timeOf } from '../context.ts';
import { setEmailIdentity } from '../data/identities.ts';
import { clearTokens } from '../data/one-time-tokens.ts';
import { closeSessions } from '../data/sessions.ts';
import { userJson } from '../data/user-json.ts';
import {
  emailOwner,
  findUser,
  identitiesOf,
  insertUser,
  lockUser,
  type Metadata,
  mergeMetadata,
  type UserChange,
  type UserRow,
  updateUser,
} from '../data/users.ts';
import { parseDuration } from '../duration.ts';
import { normalEmail } from '../email.ts';
import { emailExists } from '../flows/accounts.ts';
import { flag, maybeObject, maybeText, readBody, readOptionalBody, text } from '../http/body.ts';
import { badRequest, notFound } from '../http/errors.ts';
import { checkStrength, hashPassword } from '../password.ts';

const AdminUser = z.object({
  id: text,
  role: text,
  email: text,
  phone: text,
  password: maybeText,
  email_confirm: flag,
  user_metadata: maybeObject,
  app_metadata: maybeObject,
  ban_duration: text,
});

/** POST /admin/users */
export async function createUser(services: AuthServices, c: AuthContext): Promise<Response> {
  await requireAdmin(services, c);
  const params = await readBody(c, AdminUser);
  if (params.phone !== '') throw badRequest('phone_provider_disabled', 'Phone signups are disabled');
  if (params.email === '') {
    throw badRequest('validation_failed', 'Cannot create a user without either an email or phone');
  }
  const email = normalEmail(params.email);
  if (await services.db.run((sql) => emailOwner(sql, email))) throw emailExists();
  if (params.id !== '' && !UUID.test(params.id)) {
    throw badRequest('validation_failed', 'ID must conform to the uuid v4 format');
  }
  const now = timeOf(services);
  const ban = banChange(params.ban_duration, now);
  const password = params.password || randomBytes(32).toString('base64url');
  const hash = await hashPassword(password, services.settings);
  const id = params.id || crypto.randomUUID();
  const answer = await services.db.transaction(async (tx) => {
    await insertUser(tx, {
      id,
      email,
      encryptedPassword: hash,
      role: params.role || 'authenticated',
      appMetadata: { provider: 'email', providers: ['email'] },
      userMetadata: (params.user_metadata ?? {}) as Metadata,
      isAnonymous: false,
      now,
    });
    const identity = { sub: id, email, email_verified: false, phone_verified: false };
    const user = await setEmailIdentity(tx, id, identity, now);
    const change: UserChange = { ...ban };
    if (params.app_metadata) {
      change.raw_app_meta_data = mergeMetadata(user.raw_app_meta_data, params.app_metadata as Metadata);
    }
    if (params.email_confirm) Object.assign(change, confirmed(user.raw_user_meta_data, now));
    return userJson(await updateUser(tx, id, change, now), await identitiesOf(tx, id));
  });
  return c.json(answer);
}

/** GET /admin/users/:id */
export async function readUser(services: AuthServices, c: AuthContext): Promise<Response> {
  await requireAdmin(services, c);
  const user = await named(services, c);
  return c.json(userJson(user, await services.db.run((sql) => identitiesOf(sql, user.id))));
}

/** PUT /admin/users/:id. A new password ends all of the user's sessions. */
export async function changeUser(services: AuthServices, c: AuthContext): Promise<Response> {
  await requireAdmin(services, c);
  const { id } = await named(services, c);
  const params = await readBody(c, AdminUser);
  if (params.phone !== '') throw badRequest('phone_provider_disabled', 'Phone signups are disabled');
  const email = params.email === '' ? '' : normalEmail(params.email);
  if (email !== '' && (await services.db.run((sql) => emailOwner(sql, email, id)))) throw emailExists();
  const now = timeOf(services);
  const change: UserChange = { ...banChange(params.ban_duration, now) };
  if (params.password !== undefined) {
    checkStrength(params.password, services.settings);
    change.encrypted_password = await hashPassword(params.password, services.settings);
  }
  const answer = await services.db.transaction(async (tx) => {
    let user = await lockUser(tx, id);
    if (!user) throw noUser();
    if (params.role !== '') change.role = params.role;
    if (change.encrypted_password) {
      await closeSessions(tx, id, 'global', null);
      await clearTokens(tx, id);
    }
    if (email !== '') {
      const data = { sub: id, email, email_verified: params.email_confirm, phone_verified: false };
      user = await setEmailIdentity(tx, id, data, now);
      change.email = email;
      if (params.email_confirm) change.is_anonymous = false;
    }
    if (params.email_confirm) Object.assign(change, confirmed(user.raw_user_meta_data, now));
    if (params.app_metadata) {
      change.raw_app_meta_data = mergeMetadata(user.raw_app_meta_data, params.app_metadata as Metadata);
    }
    if (params.user_metadata) {
      const before = change.raw_user_meta_data ?? user.raw_user_meta_data;
      change.raw_user_meta_data = mergeMetadata(before, params.user_metadata as Metadata);
    }
    return userJson(await updateUser(tx, id, change, now), await identitiesOf(tx, id));
  });
  return c.json(answer);
}

/** DELETE /admin/users/:id. Soft: the row stays so that others may refer to it, without anything of the person. */
export async function deleteUser(services: AuthServices, c: AuthContext): Promise<Response> {
  await requireAdmin(services, c);
  const user = await named(services, c);
  const { should_soft_delete: soft } = await readOptionalBody(c, z.object({ should_soft_delete: flag }));
  if (!soft) {
    await services.db.run((sql) => sql`delete from auth.users where id = ${user.id}`);
    return c.json({});
  }
  await services.db.transaction(async (tx) => {
    const now = timeOf(services);
    const current = await lockUser(tx, user.id);
    if (!current || current.deleted_at) return;
    const blur = (value: string) =>
      createHash('sha256')
        .update(user.id + value)
        .digest('base64url');
    await updateUser(
      tx,
      user.id,
      {
        email: current.email && blur(current.email),
        phone: current.phone && blur(current.phone).slice(0, 15),
        email_change: current.email_change && blur(current.email_change),
        encrypted_password: null,
        raw_user_meta_data: {},
        raw_app_meta_data: {},
        deleted_at: now,
      },
      now,
    );
    for (const identity of await identitiesOf(tx, user.id)) {
      await tx`
        update auth.identities set provider_id = ${blur(`${identity.provider}:${identity.provider_id}`)},
          identity_data = '{}', updated_at = ${now}
        where id = ${identity.id}`;
    }
    await clearTokens(tx, user.id);
    await closeSessions(tx, user.id, 'global', null);
  });
  return c.json({});
}

async function named(services: AuthServices, c: AuthContext): Promise<UserRow> {
  const id = c.req.param('id') ?? '';
  if (!UUID.test(id)) throw notFound('validation_failed', 'user_id must be an UUID');
  const user = await services.db.run((sql) => findUser(sql, id));
  if (!user) throw noUser();
  return user;
}

const noUser = () => notFound('user_not_found', 'User not found');

function confirmed(metadata: Metadata | null, now: Date): UserChange {
  return { email_confirmed_at: now, raw_user_meta_data: mergeMetadata(metadata, { email_verified: true }) };
}

function banChange(duration: string, now: Date): UserChange {
  if (duration === '') return {};
  if (duration === 'none') return { banned_until: null };
  const length = parseDuration(duration);
  if (length === null) {
    throw badRequest(
      'validation_failed',
      `invalid format for ban duration: time: invalid duration "${duration}"`,
    );
  }
  return { banned_until: length === 0 ? null : new Date(now.getTime() + length) };
}
