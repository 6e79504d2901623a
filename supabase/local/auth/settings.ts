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
  /** E-mail addresses count as confirmed at once (the CLI's `enable_confirmations = false`). Default true. */
  autoconfirm: boolean;
  /** Where links lead when no allowed address was named. Default `http://localhost:8787`. */
  siteUrl: string;
  /** Other addresses a link or a sign-in may lead back to, with `*`, `**` and `?` (see `redirect/allow-list.ts`). */
  redirectUrls: readonly string[];
  /** Folder with `<kind>.html` in the project's own words (`supabase/templates`); null: GoTrue's own. Default null. */
  templates: string | null;
  /** A new address of a permanent user is confirmed from both mailboxes. Default true, as hosted. */
  doubleConfirmChanges: boolean;
  /** Digits of the code in a mail. Default 6. */
  otpLength: number;
  /** How long a mailed link or code is good for. Default 3600. */
  otpLifetime: number;
  /** Shortest time between two mails of one kind to one person. Default 60, as hosted. */
  emailFrequency: number;
  /** Mails an hour, of the whole project. Hosted: 30 with Supabase's own sender. Default here 1000. */
  emailsPerHour: number;
  /** Codes and links somebody may try, in five minutes and for one address. Hosted: 30. Default here 1000. */
  verificationsPerFiveMinutes: number;
  /** How long the way through a provider, or a code of PKCE, is good for. Default 300, as GoTrue. */
  flowStateLifetime: number;
  /** Sign-in with (make-believe) Google. Default true. */
  google: boolean;
  /** People may link and unlink identities themselves. Default true, as in `config.toml`. */
  manualLinking: boolean;
  /** A new password asks for a mailed code when the session is older than a day. Default false, as hosted. */
  securePasswordChange: boolean;
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
  siteUrl: 'http://localhost:8787',
  redirectUrls: ['http://localhost:8787/**', 'http://127.0.0.1:8787/**'],
  templates: null,
  doubleConfirmChanges: true,
  otpLength: 6,
  otpLifetime: 3600,
  emailFrequency: 60,
  emailsPerHour: 1000,
  verificationsPerFiveMinutes: 1000,
  flowStateLifetime: 300,
  google: true,
  manualLinking: true,
  securePasswordChange: false,
  passwordMinLength: 6,
  bcryptCost: 10,
  now: Date.now,
};
