import { z } from 'zod';
import { requireUser } from '../authenticate.ts';
import { type AuthContext, type AuthServices, timeOf } from '../context.ts';
import { insertFlow } from '../data/flow-states.ts';
import { findUserByEmail, lockUser } from '../data/users.ts';
import { normalEmail } from '../email.ts';
import { challengeFields, readChallenge } from '../flows/pkce.ts';
import { readBody, text } from '../http/body.ts';
import { badRequest, unprocessable } from '../http/errors.ts';
import { sendConfirmation, sendEmailChange, sendReauthentication, sendRecovery } from '../mail/letters.ts';
import { redirectTarget } from '../redirect/target.ts';

const Recover = z.object({ email: text, ...challengeFields });

/** POST /recover: a mail that lets somebody choose a new password. Says nothing of whether the address has an account. */
export async function recover(services: AuthServices, c: AuthContext): Promise<Response> {
  const params = await readBody(c, Recover);
  if (params.email === '') throw badRequest('validation_failed', 'Password recovery requires an email');
  const email = normalEmail(params.email);
  const challenge = readChallenge(params);
  const way = { redirectTo: redirectTarget(services, c), pkce: challenge !== null };
  const now = timeOf(services);
  await services.db.transaction(async (tx) => {
    const found = await findUserByEmail(tx, email);
    const user = found && (await lockUser(tx, found.id));
    if (!user) return;
    if (challenge) {
      await insertFlow(tx, { provider: 'recovery', method: 'recovery', challenge, userId: user.id }, now);
    }
    await sendRecovery(services, tx, user, 'recovery', way, now);
  });
  return c.json({});
}

const Resend = z.object({ type: text, email: text, phone: text, ...challengeFields });

/** POST /resend: a confirmation mail once more. Where there is nothing to confirm, the answer is the same. */
export async function resend(services: AuthServices, c: AuthContext): Promise<Response> {
  const params = await readBody(c, Resend);
  const { type } = params;
  if (type === 'sms' || type === 'phone_change' || params.phone !== '') {
    throw badRequest('phone_provider_disabled', 'Phone logins are disabled');
  }
  if (type !== 'signup' && type !== 'email_change') {
    throw badRequest(
      'validation_failed',
      'Missing one of these types: signup, email_change, sms, phone_change',
    );
  }
  if (params.email === '') {
    throw badRequest('validation_failed', 'Type provided requires an email address');
  }
  const email = normalEmail(params.email);
  const challenge = readChallenge(params);
  const way = { redirectTo: redirectTarget(services, c), pkce: challenge !== null };
  const now = timeOf(services);
  await services.db.transaction(async (tx) => {
    const found = await findUserByEmail(tx, email);
    const user = found && (await lockUser(tx, found.id));
    if (!user) return;
    const nothing = type === 'signup' ? user.email_confirmed_at !== null : !user.email_change;
    if (nothing) return;
    if (challenge) {
      const [provider, method] =
        type === 'signup'
          ? (['email', 'email/signup'] as const)
          : (['email_change', 'email_change'] as const);
      await insertFlow(tx, { provider, method, challenge, userId: user.id }, now);
    }
    if (type === 'signup') await sendConfirmation(services, tx, user, way, now);
    else await sendEmailChange(services, tx, user, user.email_change ?? '', way, now);
  });
  return c.json({});
}

/** GET /reauthenticate: a code to the address of whoever is signed in. */
export async function reauthenticate(services: AuthServices, c: AuthContext): Promise<Response> {
  const { user } = await requireUser(services, c);
  if (!user.email) {
    throw badRequest(
      'validation_failed',
      'Reauthentication requires the user to have an email or a phone number',
    );
  }
  if (!user.email_confirmed_at) {
    throw unprocessable('email_not_confirmed', 'Please verify your email first.');
  }
  await services.db.transaction(async (tx) => {
    const locked = await lockUser(tx, user.id);
    if (locked) await sendReauthentication(services, tx, locked, timeOf(services));
  });
  return c.json({});
}
