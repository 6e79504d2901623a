import type { AuthRefusal } from '../../services/auth-problem.server.ts';

/** What the account's pages say. English alone, as the rest of the demo site. */
export const texts = {
  signIn: 'Sign in',
  signUp: 'Create an account',
  account: 'Your account',
  google: 'Continue with Google',
  or: 'or with your email address',
  name: 'Your name',
  email: 'Email',
  password: 'Password',
  newPassword: 'New password',
  passwordHint: 'At least 8 characters; the longer the better.',
  bring: 'Bring the conversation from this browser along',
  confirmed:
    'A chat that you asked from knows it by itself. Sign in to see your conversations in this browser, too.',
  forgot: 'Forgot your password?',
} as const;

/** Why something didn’t work, for a person. */
export const refusals: Record<AuthRefusal | 'team' | 'incomplete', string> = {
  incomplete: 'Please fill in every field.',
  email_taken: 'This address has an account already. Sign in instead, and bring your conversation along.',
  identity_taken: 'This Google account belongs to another account. Sign in with it instead.',
  weak_password: 'Please choose a stronger password.',
  same_password: 'The new password must differ from the old one.',
  invalid: 'Please check the email address and the password.',
  wrong_credentials: 'That email and password don’t match. Check both and try again.',
  email_unconfirmed: 'Please confirm your address first: follow the link in the mail we sent you.',
  link_cancelled: 'Signing in with Google didn’t get to its end. Please try again.',
  expired: 'This link has been used already or is too old. Ask for a new one.',
  signed_out: 'Your session has ended. Please sign in again.',
  busy: 'Too many attempts. Wait a minute, then try again.',
  away: 'That isn’t possible right now. Try again in a few seconds.',
  team: 'This account is the support team’s. Sign in at the desk with it.',
};

/** The status that goes with a refusal. */
export function statusOf(refusal: keyof typeof refusals): number {
  switch (refusal) {
    case 'busy':
      return 429;
    case 'away':
      return 503;
    case 'wrong_credentials':
    case 'signed_out':
      return 401;
    case 'email_unconfirmed':
    case 'team':
      return 403;
    case 'email_taken':
    case 'identity_taken':
      return 409;
    default:
      return 400;
  }
}
