import { badRequest } from './http/errors.ts';

// The form GoTrue asks for; whether the mailbox exists is for the mail to find out.
const FORM =
  /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/;

/** The address in lower case. Throws 400 `validation_failed` when it is none. */
export function normalEmail(email: string): string {
  if (email.length > 255) throw badRequest('validation_failed', 'An email address is too long');
  const lower = email.toLowerCase();
  if (!FORM.test(lower)) {
    throw badRequest('validation_failed', 'Unable to validate email address: invalid format');
  }
  return lower;
}
