import type { Translate } from '../../i18n/messages.ts';
import type { AccountError } from './account-api.ts';

/** Shorter ones are too easy to guess. Auth may ask for more, and says so. */
export const PASSWORD_MIN = 8;

/** Where an error stands: at the field it is about, or above the form. */
export function placeOf(code: AccountError): 'email' | 'password' | 'form' {
  if (code === 'email' || code === 'email_empty' || code === 'email_unconfirmed') return 'email';
  return code === 'password_empty' || code === 'weak_password' ? 'password' : 'form';
}

/**
 * An error in the reader's language. Auth says its rule for passwords in English: of it, the number is told in any.
 */
export function errorText(t: Translate, code: AccountError, detail: string): string {
  const asked = Number(/\d+/.exec(detail)?.[0] ?? 0);
  if (code === 'weak_password' && asked > 0) return t('account.password.rule', { count: asked });
  return t(`account.error.${code}`);
}

/** What can be said without asking the server; null when there is nothing wrong to be seen. */
export function check(email: string, password: string, isNew: boolean): AccountError | null {
  if (!email) return 'email_empty';
  if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email)) return 'email';
  if (!password) return 'password_empty';
  return isNew && [...password].length < PASSWORD_MIN ? 'weak_password' : null;
}
