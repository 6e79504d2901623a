import { z } from 'zod';
import { type AuthContext, type AuthServices, addressOf, callerOf, timeOf } from '../context.ts';
import { insertFlow } from '../data/flow-states.ts';
import { setEmailIdentity } from '../data/identities.ts';
import { openSession } from '../data/sessions.ts';
import { userJson } from '../data/user-json.ts';
import {
  emailOwner,
  identitiesOf,
  insertUser,
  lockUser,
  type Metadata,
  type UserRow,
} from '../data/users.ts';
import { normalEmail } from '../email.ts';
import { confirmAccount, createAccount, dropUnconfirmed } from '../flows/accounts.ts';
import { challengeFields, readChallenge } from '../flows/pkce.ts';
import { maybeObject, readBody, text } from '../http/body.ts';
import { badRequest, unprocessable } from '../http/errors.ts';
import { sendConfirmation } from '../mail/letters.ts';
import { checkStrength, hashPassword } from '../password.ts';
import { redirectTarget } from '../redirect/target.ts';
import { tokenResponse } from '../tokens.ts';

const SignUp = z.object({
  email: text,
  phone: text,
  password: text,
  data: maybeObject,
  ...challengeFields,
});
type Params = z.output<typeof SignUp>;

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
  return signUpWithEmail(services, c, params, data);
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
  params: Params,
  data: Metadata,
): Promise<Response> {
  const { settings, db } = services;
  const email = normalEmail(params.email);
  const challenge = readChallenge(params);
  const now = timeOf(services);
  const existing = await db.run((sql) => emailOwner(sql, email));
  if (existing?.email_confirmed_at) {
    if (settings.autoconfirm) throw unprocessable('user_already_exists', 'User already registered');
    return c.json(decoy(existing, email, data, now));
  }
  // Hashing takes its time: outside the transaction.
  const passwordHash = existing ? '' : await hashPassword(params.password, settings);
  const answer = await db.transaction(async (tx) => {
    // Somebody else's unconfirmed account stays as it is: we can't be sure whose the address is.
    let user =
      (existing && (await lockUser(tx, existing.id))) ??
      (await createAccount(services, tx, { email, passwordHash, data }, now));
    const identities = await identitiesOf(tx, user.id);
    if (!identities.some(({ provider }) => provider === 'email')) {
      const claims = { ...data, sub: user.id, email, email_verified: false, phone_verified: false };
      await setEmailIdentity(tx, user.id, claims, now);
      const mine = (await identitiesOf(tx, user.id)).find(({ provider }) => provider === 'email');
      if (mine) user = await dropUnconfirmed(tx, user, mine, now);
    }
    if (settings.autoconfirm) {
      user = await confirmAccount(tx, user, now);
      const session = await openSession(tx, user.id, 'password', callerOf(c), now);
      return tokenResponse(services, tx, session.user, session.sessionId, session.refreshToken);
    }
    if (challenge) {
      const flow = { provider: 'email', method: 'email/signup', challenge, userId: user.id } as const;
      await insertFlow(tx, flow, now);
    }
    const way = { redirectTo: redirectTarget(services, c), pkce: challenge !== null };
    user = await sendConfirmation(services, tx, user, way, now);
    // An invitation says who it was for; whoever signs up here need not be that person.
    if (user.invited_at) return userJson({ ...user, raw_user_meta_data: {} }, []);
    return userJson(user, await identitiesOf(tx, user.id));
  });
  return c.json(answer);
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
