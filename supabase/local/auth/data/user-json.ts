import type { IdentityRow, UserRow } from './users.ts';

/** A user as the API shows it. Names, order and what is left out when empty: GoTrue's `models.User`. */
export function userJson(user: UserRow, identities: IdentityRow[] | null): Record<string, unknown> {
  return {
    id: user.id,
    aud: user.aud,
    role: user.role,
    email: user.email ?? '',
    ...given('email_confirmed_at', user.email_confirmed_at),
    ...given('invited_at', user.invited_at),
    phone: user.phone ?? '',
    ...given('confirmation_sent_at', user.confirmation_sent_at),
    ...given('confirmed_at', user.confirmed_at),
    ...given('recovery_sent_at', user.recovery_sent_at),
    ...given('new_email', user.email_change),
    ...given('email_change_sent_at', user.email_change_sent_at),
    ...given('reauthentication_sent_at', user.reauthentication_sent_at),
    ...given('last_sign_in_at', user.last_sign_in_at),
    app_metadata: user.raw_app_meta_data ?? {},
    user_metadata: user.raw_user_meta_data ?? {},
    identities: identities?.map(identityJson) ?? null,
    created_at: user.created_at,
    updated_at: user.updated_at,
    ...given('banned_until', user.banned_until),
    ...given('deleted_at', user.deleted_at),
    is_anonymous: user.is_anonymous,
  };
}

function identityJson(identity: IdentityRow): Record<string, unknown> {
  return {
    identity_id: identity.id,
    id: identity.provider_id,
    user_id: identity.user_id,
    identity_data: identity.identity_data,
    provider: identity.provider,
    ...given('last_sign_in_at', identity.last_sign_in_at),
    created_at: identity.created_at,
    updated_at: identity.updated_at,
    ...given('email', identity.email),
  };
}

function given(name: string, value: Date | string | null): Record<string, Date | string> {
  return value === null || value === '' ? {} : { [name]: value };
}
