import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { type AuthContext, type AuthServices, timeOf } from '../context.ts';
import { insertFlow } from '../data/flow-states.ts';
import { emailOwner, findUserByEmail, lockUser, type Metadata } from '../data/users.ts';
import { normalEmail } from '../email.ts';
import { confirmAccount, createAccount } from '../flows/accounts.ts';
import { challengeFields, readChallenge } from '../flows/pkce.ts';
import { maybeObject, readBody, text } from '../http/body.ts';
import { badRequest, unprocessable } from '../http/errors.ts';
import { sendConfirmation, sendRecovery } from '../mail/letters.ts';
import { hashPassword } from '../password.ts';
import { redirectTarget } from '../redirect/target.ts';

const Otp = z.object({
  email: text,
  phone: text,
  create_user: z.boolean().nullish(),
  data: maybeObject,
  ...challengeFields,
});

/**
 * POST /otp: a link and a code that sign in. Who has no account gets one, unless `create_user` is false; where addresses
 * must be confirmed, the confirmation mail is that link.
 */
export async function sendOtp(services: AuthServices, c: AuthContext): Promise<Response> {
  const params = await readBody(c, Otp);
  if (params.email !== '' && params.phone !== '') {
    throw badRequest('validation_failed', 'Only an email address or phone number should be provided');
  }
  if (params.phone !== '') throw badRequest('phone_provider_disabled', 'Unsupported phone provider');
  if (params.email === '') throw badRequest('validation_failed', 'One of email or phone must be set');
  const email = normalEmail(params.email);
  const challenge = readChallenge(params);
  const { settings, db } = services;
  const known = await db.run((sql) => findUserByEmail(sql, email));
  if (!known && params.create_user === false) {
    throw unprocessable('otp_disabled', 'Signups not allowed for otp');
  }
  if (!known?.email_confirmed_at && !settings.signups) {
    throw unprocessable('signup_disabled', 'Signups not allowed for this instance');
  }
  // Nobody knows this password: the account is opened by mail until its owner sets one.
  const passwordHash = known ? '' : await hashPassword(randomBytes(32).toString('base64url'), settings);
  const way = { redirectTo: redirectTarget(services, c), pkce: challenge !== null };
  const now = timeOf(services);
  await db.transaction(async (tx) => {
    // Somebody's by an identity, with another address of their own: no account is made, and nothing is said.
    if (!known && (await emailOwner(tx, email))) {
      if (settings.autoconfirm) throw unprocessable('user_already_exists', 'User already registered');
      return;
    }
    const data = (params.data ?? {}) as Metadata;
    let user = known
      ? await lockUser(tx, known.id)
      : await createAccount(services, tx, { email, passwordHash, data }, now);
    if (!user) return;
    const signingUp = !user.email_confirmed_at;
    if (signingUp && settings.autoconfirm) user = await confirmAccount(tx, user, now);
    const confirming = signingUp && !settings.autoconfirm;
    if (challenge) {
      const [provider, method] = confirming
        ? (['email', 'email/signup'] as const)
        : (['magiclink', 'magiclink'] as const);
      await insertFlow(tx, { provider, method, challenge, userId: user.id }, now);
    }
    if (confirming) await sendConfirmation(services, tx, user, way, now);
    else await sendRecovery(services, tx, user, 'magiclink', way, now);
  });
  return c.json({});
}
