import bcrypt from 'bcryptjs';
import { AuthError, badRequest } from './http/errors.ts';
import type { AuthSettings } from './settings.ts';

/** bcrypt looks at no more than this many bytes. */
const MAX_BYTES = 72;

/** Why a password is too weak; null when it is not. */
export function weakness(
  password: string,
  settings: AuthSettings,
): { message: string; reasons: string[] } | null {
  if (Buffer.byteLength(password) >= settings.passwordMinLength) return null;
  return {
    message: `Password should be at least ${settings.passwordMinLength} characters.`,
    reasons: ['length'],
  };
}

/** Throws 422 `weak_password`, or 400 for a password bcrypt would cut short. */
export function checkStrength(password: string, settings: AuthSettings): void {
  checkLength(password);
  const weak = weakness(password, settings);
  if (weak) throw new AuthError(422, 'weak_password', weak.message, weak.reasons);
}

/** bcrypt, as GoTrue stores it. Throws 400 above 72 bytes. */
export async function hashPassword(password: string, settings: AuthSettings): Promise<string> {
  checkLength(password);
  return bcrypt.hash(password, settings.bcryptCost);
}

export async function passwordMatches(password: string, hash: string | null): Promise<boolean> {
  if (!hash || Buffer.byteLength(password) > MAX_BYTES) return false;
  return bcrypt.compare(password, hash);
}

function checkLength(password: string): void {
  if (Buffer.byteLength(password) > MAX_BYTES) {
    throw badRequest('validation_failed', 'Password cannot be longer than 72 characters');
  }
}
