import { z } from 'zod';
import { type AuthContext, type AuthServices, addressOf, callerOf, timeOf } from '../context.ts';
import type { Sql } from '../data/database.ts';
import { issueCode, latestFlow } from '../data/flow-states.ts';
import { openSession } from '../data/sessions.ts';
import { normalEmail } from '../email.ts';
import { accept, METHODS, type Proof, type Proven } from '../flows/proof.ts';
import { readBody, text } from '../http/body.ts';
import { AuthError, badRequest } from '../http/errors.ts';
import { isPkceToken } from '../mail/codes.ts';
import { describeError, withCode, withError, withMessage, withTokens } from '../redirect/locations.ts';
import { redirectTarget } from '../redirect/target.ts';
import { tokenResponse } from '../tokens.ts';

const HALF = 'Confirmation link accepted. Please proceed to confirm link sent to the other email';

/** GET /verify: a link out of a mail. Leads on with tokens, with a code, or with what went wrong. */
export async function verifyLink(services: AuthServices, c: AuthContext): Promise<Response> {
  const type = c.req.query('type') ?? '';
  const token = c.req.query('token') ?? '';
  if (type === '') throw badRequest('validation_failed', 'Verify requires a verification type');
  if (token === '') throw badRequest('validation_failed', 'Verify requires a token or a token hash');
  const target = redirectTarget(services, c);
  const pkce = isPkceToken(token);
  c.header('cache-control', 'no-store');
  try {
    services.verificationLimit.take(addressOf(c));
    const location = await services.db.transaction(async (tx) => {
      const now = timeOf(services);
      const proven = await accept(services, tx, { type, hash: token }, now);
      if (!proven.user) return withMessage(target, HALF, pkce);
      if (pkce) return withCode(target, await codeFor(tx, proven.user.id, proven.type, now));
      return withTokens(target, await session(services, tx, c, proven.user.id), { type: proven.type });
    });
    return c.redirect(location, 303);
  } catch (error) {
    if (!(error instanceof AuthError)) throw error;
    return c.redirect(withError(target, describeError(error), pkce), 303);
  }
}

const Verification = z.object({
  type: text,
  token: text,
  token_hash: text,
  email: text,
  phone: text,
  redirect_to: text,
});

/** POST /verify: `verifyOtp` with a code and the address, or with a link's hash. */
export async function verifyCode(services: AuthServices, c: AuthContext): Promise<Response> {
  const proof = readProof(await readBody(c, Verification));
  services.verificationLimit.take(addressOf(c));
  const answer = await services.db.transaction(async (tx) => {
    const { user } = await accept(services, tx, proof, timeOf(services));
    return user ? session(services, tx, c, user.id) : { msg: HALF, code: '200' };
  });
  return c.json(answer);
}

function readProof(params: z.output<typeof Verification>): Proof {
  const { type, token, token_hash: hash, email, phone, redirect_to: redirectTo } = params;
  if (type === '') throw badRequest('validation_failed', 'Verify requires a verification type');
  if ((token === '') === (hash === '')) {
    throw badRequest('validation_failed', 'Verify requires either a token or a token hash');
  }
  if (hash !== '') {
    if (email !== '' || phone !== '' || redirectTo !== '') {
      throw badRequest('validation_failed', 'Only the token_hash and type should be provided');
    }
    return { type, hash };
  }
  if (email === '' || phone !== '') {
    throw badRequest(
      'validation_failed',
      'Only an email address or phone number should be provided on verify',
    );
  }
  return { type, address: normalEmail(email), code: token };
}

async function session(services: AuthServices, tx: Sql, c: AuthContext, userId: string) {
  const opened = await openSession(tx, userId, 'otp', callerOf(c), timeOf(services));
  return tokenResponse(services, tx, opened.user, opened.sessionId, opened.refreshToken);
}

async function codeFor(tx: Sql, userId: string, type: Proven['type'], now: Date): Promise<string> {
  const flow = await latestFlow(tx, userId, METHODS[type]);
  if (!flow?.auth_code) {
    const why = 'No associated flow state found. No valid flow state found for user.';
    throw badRequest('flow_state_not_found', why);
  }
  await issueCode(tx, flow.id, userId, null, now);
  return flow.auth_code;
}
