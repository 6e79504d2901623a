import type { ContentfulStatusCode } from 'hono/utils/http-status';

/**
 * An answer that is GoTrue's refusal: status, machine-readable code, sentence for a person.
 * Codes and sentences are those of supabase/auth (`internal/api/apierrors`).
 */
export class AuthError extends Error {
  readonly status: ContentfulStatusCode;
  readonly code: string;
  /** Only with `weak_password`: why. */
  readonly reasons: string[] | undefined;

  constructor(status: ContentfulStatusCode, code: string, message: string, reasons?: string[]) {
    super(message);
    this.status = status;
    this.code = code;
    this.reasons = reasons;
  }
}

/** Thrown within a transaction whose writes must stay although the answer is an error (GoTrue's CommitWithError). */
export class CommitThenFail extends Error {
  readonly answer: AuthError;

  constructor(answer: AuthError) {
    super(answer.message);
    this.answer = answer;
  }
}

export const badRequest = (code: string, message: string) => new AuthError(400, code, message);
export const forbidden = (code: string, message: string) => new AuthError(403, code, message);
export const notFound = (code: string, message: string) => new AuthError(404, code, message);
export const unprocessable = (code: string, message: string) => new AuthError(422, code, message);
export const tooManyMails = (message: string) => new AuthError(429, 'over_email_send_rate_limit', message);
export const unexpected = (message: string) => new AuthError(500, 'unexpected_failure', message);

export const UNEXPECTED = 'Unexpected failure, please check server logs for more information';

/** The first dated version of the API; supabase-js asks for it with `x-supabase-api-version`. */
export const API_VERSION = '2024-01-01';

/** The body of an error: the dated form has `code` as a word, the first one as the status. */
export function errorBody(error: AuthError, dated: boolean): Record<string, unknown> {
  const body = dated
    ? { code: error.code, message: error.message }
    : { code: error.status, error_code: error.code, msg: error.message };
  return error.reasons ? { ...body, weak_password: { reasons: error.reasons } } : body;
}
