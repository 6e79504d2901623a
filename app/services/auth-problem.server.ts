import type { NoAnswer } from './auth-client.server.ts';
import { problem, unavailable } from './problem.server.ts';

/** Why Auth refused, in the words of our protocol. */
export type AuthRefusal =
  | 'email_taken'
  | 'identity_taken'
  | 'weak_password'
  | 'same_password'
  | 'invalid'
  | 'wrong_credentials'
  | 'email_unconfirmed'
  | 'link_cancelled'
  | 'expired'
  | 'signed_out'
  | 'busy'
  | 'away';

/** Auth's error codes (https://supabase.com/docs/guides/auth/debugging/error-codes) and what they come to here. */
const BY_CODE: Readonly<Record<string, AuthRefusal>> = {
  email_exists: 'email_taken',
  user_already_exists: 'email_taken',
  identity_already_exists: 'identity_taken',
  weak_password: 'weak_password',
  same_password: 'same_password',
  email_address_invalid: 'invalid',
  validation_failed: 'invalid',
  invalid_credentials: 'wrong_credentials',
  email_not_confirmed: 'email_unconfirmed',
  provider_email_needs_verification: 'email_unconfirmed',
  user_banned: 'wrong_credentials',
  otp_expired: 'expired',
  bad_code_verifier: 'link_cancelled',
  flow_state_not_found: 'link_cancelled',
  flow_state_expired: 'link_cancelled',
  pkce_code_verifier_not_found: 'link_cancelled',
  session_not_found: 'signed_out',
  session_expired: 'signed_out',
  user_not_found: 'signed_out',
  bad_jwt: 'signed_out',
  no_authorization: 'signed_out',
};

interface AuthErrorLike {
  name?: string;
  code?: string | undefined;
  status?: number | undefined;
  message: string;
}

/** What a failed call to Auth comes to. Only a definite answer is anything but `away` or `busy`. */
export function refusalOf(error: AuthErrorLike | null, noAnswer: NoAnswer | null): AuthRefusal {
  if (noAnswer) return noAnswer;
  // What the client makes of `session_not_found`.
  if (error?.name === 'AuthSessionMissingError') return 'signed_out';
  const known = error?.code === undefined ? undefined : BY_CODE[error.code];
  if (known) return known;
  if (error?.status === 400 || error?.status === 422) return 'invalid';
  return 'away';
}

/** Whether Auth says that a refresh token is good for nothing any more: nothing else makes anybody a new guest. */
export function isDefiniteNo(error: AuthErrorLike | null, noAnswer: NoAnswer | null): boolean {
  if (noAnswer || !error) return false;
  const { code, status } = error;
  if (code === undefined) return status === 400;
  return DEFINITE.has(code);
}

const DEFINITE: ReadonlySet<string> = new Set([
  'refresh_token_not_found',
  'refresh_token_already_used',
  'session_not_found',
  'session_expired',
  'user_not_found',
  'user_banned',
  'validation_failed',
]);

/**
 * The refusal as an answer of the API.
 *
 * @param words Auth's own, shown for a weak password alone: the rule is the project's
 */
export function authProblem(refusal: AuthRefusal, words = ''): Response {
  switch (refusal) {
    case 'email_taken':
      return problem(409, 'email_taken', 'This address has an account already. Sign in to it instead.');
    case 'identity_taken':
      return problem(
        409,
        'identity_taken',
        'This Google account belongs to another account already. Sign in with it instead.',
      );
    case 'weak_password':
      return problem(422, 'weak_password', words || 'Please choose a stronger password.');
    case 'same_password':
      return problem(422, 'weak_password', 'The new password must differ from the old one.');
    case 'invalid':
      return problem(422, 'invalid', 'Please check the email address and the password.');
    case 'wrong_credentials':
      return problem(401, 'wrong_credentials', 'That email and password don’t match.');
    case 'email_unconfirmed':
      return problem(
        403,
        'email_unconfirmed',
        'Please confirm your email address first: follow the link we sent you.',
      );
    case 'link_cancelled':
    case 'expired':
      return problem(400, 'link_cancelled', 'That didn’t get to its end. Please start again.');
    case 'signed_out':
      return problem(401, 'unauthorized', 'Please sign in again.');
    case 'busy':
      return problem(429, 'rate_limited', 'Too many attempts. Please wait a minute, then try again.', {
        retryAfterMs: 60_000,
      });
    case 'away':
      return unavailable('Signing in isn’t possible right now. Please try again in a moment.');
    default:
      throw new Error(`unknown refusal ${refusal satisfies never}`);
  }
}
