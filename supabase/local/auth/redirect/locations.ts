import type { AuthError } from '../http/errors.ts';
import type { TokenResponse } from '../tokens.ts';

/** Tokens behind the `#`, which a browser keeps to itself (the implicit flow). */
export function withTokens(target: string, token: TokenResponse, extra: Record<string, string>): string {
  return withFragment(target, {
    access_token: token.access_token,
    expires_at: String(token.expires_at),
    expires_in: String(token.expires_in),
    refresh_token: token.refresh_token,
    token_type: token.token_type,
    ...extra,
  });
}

/** A code to be exchanged with its verifier (PKCE). */
export function withCode(target: string, code: string): string {
  const url = new URL(target);
  url.searchParams.set('code', code);
  return url.href;
}

/** A sentence for the person; in the query too where the client reads only that. */
export function withMessage(target: string, message: string, pkce: boolean): string {
  return withFragment(pkce ? withQuery(target, { message }) : target, { message });
}

/** An error: in the fragment always, in the query as well where `inQuery`. What is empty is left out of the fragment. */
export function withError(target: string, error: RedirectError, inQuery: boolean): string {
  const fields = {
    error: error.error,
    ...(error.code === '' ? {} : { error_code: error.code }),
    error_description: error.description,
  };
  const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''));
  return withFragment(inQuery ? withQuery(target, fields) : target, given);
}

export interface RedirectError {
  /** OAuth's word for it. */
  error: string;
  /** GoTrue's, empty when the provider refused. */
  code: string;
  description: string;
}

const BY_STATUS: Record<number, string> = {
  400: 'invalid_request',
  401: 'unauthorized_client',
  403: 'access_denied',
  500: 'server_error',
  503: 'temporarily_unavailable',
};
const DENIED = new Set(['signup_disabled', 'user_banned', 'provider_email_needs_verification']);

/** What OAuth calls a refusal of ours (GoTrue's oauthErrorMap). */
export function describeError({ status, code, message }: AuthError): RedirectError {
  const error = DENIED.has(code) ? 'access_denied' : (BY_STATUS[status] ?? 'server_error');
  return { error, code, description: message };
}

function withFragment(target: string, fields: Record<string, string>): string {
  const url = new URL(target);
  url.hash = new URLSearchParams(fields).toString();
  return url.href;
}

function withQuery(target: string, fields: Record<string, string>): string {
  const url = new URL(target);
  for (const [name, value] of Object.entries(fields)) url.searchParams.set(name, value);
  return url.href;
}
