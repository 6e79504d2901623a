import { z } from 'zod';
import { type AuthContext, type AuthServices, addressOf, callerOf, timeOf } from '../context.ts';
import type { Sql } from '../data/database.ts';
import { openSession } from '../data/sessions.ts';
import { userJson } from '../data/user-json.ts';
import {
  emailOwner,
  identitiesOf,
  insertUser,
  type Metadata,
  mergeMetadata,
  setEmailIdentity,
  type UserRow,
  updateUser,
} from '../data/users.ts';
import { normalEmail } from '../email.ts';
import { maybeObject, readBody, text } from '../http/body.ts';
import { badRequest, unprocessable } from '../http/errors.ts';
import { checkStrength, hashPassword } from '../password.ts';
import { tokenResponse } from '../tokens.ts';

const SignUp = z.object({ email: text, phone: text, password: text, data: maybeObject });

/** POST /signup: with an address an account, without one a guest. */
export async function signUp(services: AuthServices, c: AuthContext): Promise<Response> {
  const params = await readBody(c, SignUp);
  const data = (params.data ?? {}) as Metadata;
  if (params.email === '' && params.phone === '') return signUpGuest(services, c, data);
  if (!services.settings.signups) throw signupsDisabled();
  if (params.password === '') throw badRequest('validation_failed', 'Signup requires a valid password');
  checkStrength(params.password, services.settings);
  if (params.email !== '' && params.phone !== '') {
    throw badRequest(
      'validation_failed',
      'Only an email address or phone number should be provided on signup.',
    );
  }
  if (params.email === '') throw badRequest('phone_provider_disabled', 'Phone signups are disabled');
  return signUpWithEmail(services, c, normalEmail(params.email), params.password, data);
}

async function signUpGuest(services: AuthServices, c: AuthContext, data: Metadata): Promise<Response> {
  if (!services.settings.anonymousSignIns) {
    throw unprocessable('anonymous_provider_disabled', 'Anonymous sign-ins are disabled');
  }
  services.anonymousLimit.take(addressOf(c));
  if (!services.settings.signups) throw signupsDisabled();
  const now = timeOf(services);
  const answer = await services.db.transaction(async (tx) => {
    const { id } = await insertUser(tx, {
      id: crypto.randomUUID(),
      email: null,
      encryptedPassword: '',
      role: 'authenticated',
      appMetadata: {},
      userMetadata: data,
      isAnonymous: true,
      now,
    });
    const { user, sessionId, refreshToken } = await openSession(tx, id, 'anonymous', callerOf(c), now);
    return tokenResponse(services, tx, user, sessionId, refreshToken);
  });
  return c.json(answer);
}

async function signUpWithEmail(
  services: AuthServices,
  c: AuthContext,
  email: string,
  password: string,
  data: Metadata,
): Promise<Response> {
  const { settings, db } = services;
  const now = timeOf(services);
  const existing = await db.run((sql) => emailOwner(sql, email));
  if (existing?.email_confirmed_at) {
    if (settings.autoconfirm) throw unprocessable('user_already_exists', 'User already registered');
    return c.json(decoy(existing, email, data, now));
  }
  // Hashing takes its time: outside the transaction.
  const hash = existing ? '' : await hashPassword(password, settings);
  const answer = await db.transaction(async (tx) => {
    // Somebody else's unconfirmed account stays as it is: we can't be sure whose the address is.
    let user = existing ?? (await createAccount(services, email, hash, data, now, tx));
    if (settings.autoconfirm) {
      const metadata = mergeMetadata(user.raw_user_meta_data, { email_verified: true });
      user = await updateUser(tx, user.id, { email_confirmed_at: now, raw_user_meta_data: metadata }, now);
      const session = await openSession(tx, user.id, 'password', callerOf(c), now);
      return tokenResponse(services, tx, session.user, session.sessionId, session.refreshToken);
    }
    user = await updateUser(tx, user.id, { confirmation_sent_at: now }, now);
    return userJson(user, await identitiesOf(tx, user.id));
  });
  return c.json(answer);
}

async function createAccount(
  services: AuthServices,
  email: string,
  hash: string,
  data: Metadata,
  now: Date,
  tx: Sql,
): Promise<UserRow> {
  const id = crypto.randomUUID();
  const identity = { ...data, sub: id, email, email_verified: false, phone_verified: false };
  await insertUser(tx, {
    id,
    email,
    encryptedPassword: hash,
    role: 'authenticated',
    appMetadata: { provider: 'email', providers: ['email'] },
    // GoTrue shows the identity's data as the new user's metadata.
    userMetadata: identity,
    isAnonymous: false,
    now,
  });
  services.log('a new account');
  return setEmailIdentity(tx, id, identity, now);
}

/** What a new, unconfirmed user would look like: so that nobody learns whether an address has an account. */
function decoy(user: UserRow, email: string, data: Metadata, now: Date): Record<string, unknown> {
  return {
    ...userJson(
      {
        ...user,
        id: crypto.randomUUID(),
        role: '',
        email,
        phone: null,
        email_confirmed_at: null,
        confirmed_at: null,
        email_change: null,
        email_change_sent_at: null,
        last_sign_in_at: null,
        banned_until: null,
        confirmation_sent_at: now,
        created_at: now,
        updated_at: now,
        raw_user_meta_data: data,
        raw_app_meta_data: { provider: 'email', providers: ['email'] },
        is_anonymous: false,
      },
      [],
    ),
  };
}

const signupsDisabled = () => unprocessable('signup_disabled', 'Signups not allowed for this instance');
