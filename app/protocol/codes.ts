/** Why a frame was refused. Every `error` frame carries exactly one of these. */
export const ERROR_CODES = [
  'invalid',
  'too_large',
  'conflict',
  'closed',
  'forbidden',
  'rate_limited',
  'unavailable',
  'unsupported_version',
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

/** WebSocket close codes and what a client does about each. */
export const CLOSE = {
  /** Going away (deploy, restart): come back with jitter. */
  restart: 1012,
  /** Somebody this needs did not answer (Auth, Postgres): come back with back-off. */
  tryAgainLater: 1013,
  /** A frame above the limit: don't send it again. */
  tooBig: 1009,
  /** Signed out or expired: get a new session, then come back. */
  signedOut: 4401,
  /** Known, but not allowed: don't come back. */
  forbidden: 4403,
  /** No such conversation, or none this person may see. */
  notFound: 4404,
  /** The client's protocol is too old: reload. */
  unsupportedVersion: 4409,
  /** Too many frames or sockets: come back later. */
  tooFast: 4429,
} as const;
export type CloseCode = (typeof CLOSE)[keyof typeof CLOSE];

/** Why an HTTP call was refused; `code` of an `application/problem+json` body. */
export const PROBLEM_CODES = [
  ...ERROR_CODES,
  'unauthorized',
  'not_found',
  'method_not_allowed',
  'at_capacity',
  /** A new guest: Turnstile has to say that it is a person. */
  'captcha_required',
  /** Email and password don’t match. */
  'wrong_credentials',
  /** The account waits for its confirmation mail to be answered. */
  'email_unconfirmed',
  /** The address has an account already: sign in to it. */
  'email_taken',
  /** The Google account belongs to another account already: sign in to it. */
  'identity_taken',
  /** `detail` says the rule. */
  'weak_password',
  /** The way through Google was left or lost half-way: start over. */
  'link_cancelled',
] as const;
export type ProblemCode = (typeof PROBLEM_CODES)[number];
