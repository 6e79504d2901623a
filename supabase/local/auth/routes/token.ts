import { z } from 'zod';
import { type AuthContext, type AuthServices, callerOf, timeOf } from '../context.ts';
import { openSession } from '../data/sessions.ts';
import { findUserByEmail } from '../data/users.ts';
import { readBody, text } from '../http/body.ts';
import { badRequest } from '../http/errors.ts';
import { passwordMatches, weakness } from '../password.ts';
import { refresh } from '../refresh.ts';
import { tokenResponse } from '../tokens.ts';
import { exchangeCode } from './pkce.ts';

const Password = z.object({ email: text, phone: text, password: text });
const Refresh = z.object({ refresh_token: text });

/** POST /token: `grant_type` says how. */
export async function token(services: AuthServices, c: AuthContext): Promise<Response> {
  switch (c.req.query('grant_type')) {
    case 'password':
      return signInWithPassword(services, c);
    case 'refresh_token': {
      const params = await readBody(c, Refresh);
      if (params.refresh_token === '') throw badRequest('validation_failed', 'refresh_token required');
      return c.json(await refresh(services, params.refresh_token, callerOf(c)));
    }
    case 'pkce':
      return exchangeCode(services, c);
    default:
      throw badRequest('invalid_credentials', 'unsupported_grant_type');
  }
}

async function signInWithPassword(services: AuthServices, c: AuthContext): Promise<Response> {
  const params = await readBody(c, Password);
  if (params.email !== '' && params.phone !== '') {
    throw badRequest(
      'validation_failed',
      'Only an email address or phone number should be provided on login.',
    );
  }
  if (params.phone !== '') throw badRequest('phone_provider_disabled', 'Phone logins are disabled');
  if (params.email === '') throw badRequest('validation_failed', 'missing email or phone');
  const now = timeOf(services);
  const found = await services.db.run((sql) => findUserByEmail(sql, params.email));
  if (!found?.encrypted_password) throw invalid();
  if (found.banned_until && found.banned_until > now) throw badRequest('user_banned', 'User is banned');
  if (!(await passwordMatches(params.password, found.encrypted_password))) throw invalid();
  if (!found.email_confirmed_at) throw badRequest('email_not_confirmed', 'Email not confirmed');
  const answer = await services.db.transaction(async (tx) => {
    const { user, sessionId, refreshToken } = await openSession(tx, found.id, 'password', callerOf(c), now);
    return tokenResponse(services, tx, user, sessionId, refreshToken);
  });
  const weak = weakness(params.password, services.settings);
  return c.json(weak ? { ...answer, weak_password: weak } : answer);
}

const invalid = () => badRequest('invalid_credentials', 'Invalid login credentials');
