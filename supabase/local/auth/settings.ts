/** What a project's owner would set in the dashboard, and what tests need to shorten. Durations in seconds. */
export interface AuthSettings {
  /** Lifetime of an access token. Default 3600. */
  accessTokenLifetime: number;
  /** How long a used refresh token may be used again (GoTrue's REFRESH_TOKEN_REUSE_INTERVAL). Default 10. */
  refreshReuseInterval: number;
  /** POST /signup without an e-mail makes a guest. Default true. */
  anonymousSignIns: boolean;
  /** Anonymous sign-ins an hour and address. Hosted: 30. Default here 1000: a developer's tests share one address. */
  anonymousPerHour: number;
  /** New accounts at all. Default true. */
  signups: boolean;
  /** E-mail addresses count as confirmed at once. Default true: the stand-in has no mails yet. */
  autoconfirm: boolean;
  /** Shortest password. Default 6, as hosted. */
  passwordMinLength: number;
  /** bcrypt's cost. Default 10, as GoTrue. */
  bcryptCost: number;
  /** Milliseconds since the epoch; tests move it. Default Date.now. */
  now: () => number;
}

export const defaultSettings: AuthSettings = {
  accessTokenLifetime: 3600,
  refreshReuseInterval: 10,
  anonymousSignIns: true,
  anonymousPerHour: 1000,
  signups: true,
  autoconfirm: true,
  passwordMinLength: 6,
  bcryptCost: 10,
  now: Date.now,
};
