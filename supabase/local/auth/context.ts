import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import type { Database } from './data/database.ts';
import type { Caller } from './data/sessions.ts';
import type { MakeBelieveGoogle } from './google/codes.ts';
import { clientAddress } from './http/address.ts';
import type { Keys } from './keys.ts';
import type { Outbox } from './mail/outbox.ts';
import type { RateLimit } from './rate-limit.ts';
import type { AuthSettings } from './settings.ts';

/** What every handler works with. */
export interface AuthServices {
  db: Database;
  keys: Keys;
  settings: AuthSettings;
  /** `<url>/auth/v1`: the `iss` of every token. */
  issuer: () => string;
  anonymousLimit: RateLimit;
  emailLimit: RateLimit;
  verificationLimit: RateLimit;
  outbox: Outbox;
  google: MakeBelieveGoogle;
  /** One line for the person at the terminal. Never holds what somebody typed. */
  log: (line: string) => void;
}

export interface AuthEnv {
  Bindings: HttpBindings;
  Variables: { secretKey: boolean };
}

export type AuthContext = Context<AuthEnv>;

/** The time of this request, by the settings' clock. */
export function timeOf(services: AuthServices): Date {
  return new Date(services.settings.now());
}

export function addressOf(c: AuthContext): string {
  return clientAddress(c.env, c.req.header('sb-forwarded-for'), c.get('secretKey'));
}

export function callerOf(c: AuthContext): Caller {
  return { userAgent: c.req.header('user-agent') ?? null, ip: addressOf(c) || null };
}
