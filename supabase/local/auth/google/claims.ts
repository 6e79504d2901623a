import type { Metadata } from '../data/users.ts';
import { type GoogleAccount, subjectOf } from './codes.ts';
import { PICTURE_PATH } from './paths.ts';

/** An identity's data as GoTrue fills it from Google's ID token, old names and new. */
export function googleClaims(account: GoogleAccount, origin: string): Metadata & { sub: string } {
  const sub = subjectOf(account);
  const picture = `${origin}${PICTURE_PATH}${encodeURIComponent(account.name.slice(0, 1) || '?')}`;
  return {
    iss: 'https://accounts.google.com',
    sub,
    name: account.name,
    email: account.email.toLowerCase(),
    picture,
    full_name: account.name,
    avatar_url: picture,
    provider_id: sub,
    email_verified: account.verified,
    phone_verified: false,
  };
}
