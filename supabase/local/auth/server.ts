import { freePortOrOther } from '../ports.ts';
import { authApp } from './app.ts';
import type { AuthServices } from './context.ts';
import { Database } from './data/database.ts';
import { MakeBelieveGoogle } from './google/codes.ts';
import { loadKeys } from './keys.ts';
import { type Listener, listen } from './listen.ts';
import { Outbox } from './mail/outbox.ts';
import { RateLimit } from './rate-limit.ts';
import { type AuthSettings, defaultSettings } from './settings.ts';

export interface SupabaseLocalOptions {
  /** The superuser's connection; the server works as `supabase_auth_admin`. */
  databaseUrl: string;
  /** Wanted port; another free one is taken when it is busy. Default 54321; 0 = any. */
  port?: number;
  /** Folder of the signing key and the API keys. */
  stateDir: string;
  /** Folder for outgoing mails, made when missing. Nothing is ever sent. */
  mailDir: string;
  settings?: Partial<AuthSettings>;
  log?: (line: string) => void;
}

export interface RunningAuth {
  /** What `createClient` takes. */
  url: string;
  anonKey: string;
  serviceRoleKey: string;
  port: number;
  /** Closes the port and every connection. May be called twice; `restart()` listens again. */
  stop(): Promise<void>;
  /** Listens again on the same port, with the same keys and settings. Throws when somebody has taken the port. */
  restart(): Promise<void>;
}

/**
 * Starts the stand-in for Supabase Auth on 127.0.0.1. For development and tests only: it says so, and it is made for
 * one machine, not for the internet. Postgres may come and go while it runs; without it calls are answered with 500.
 */
export async function startSupabaseLocal(options: SupabaseLocalOptions): Promise<RunningAuth> {
  const { log = () => {} } = options;
  const settings = { ...defaultSettings, ...options.settings };
  const keys = await loadKeys(options.stateDir);
  let listener: Listener | null = null;
  let url = '';
  const services: AuthServices = {
    db: new Database(options.databaseUrl),
    keys,
    settings,
    issuer: () => `${url}/auth/v1`,
    anonymousLimit: new RateLimit(settings.anonymousPerHour, settings.now),
    emailLimit: new RateLimit(settings.emailsPerHour, settings.now),
    verificationLimit: new RateLimit(settings.verificationsPerFiveMinutes, settings.now, 300),
    outbox: new Outbox(options.mailDir),
    google: new MakeBelieveGoogle(settings.now),
    log,
  };
  listener = await listenSomewhere(services, options.port ?? 54321);
  const { port } = listener;
  url = `http://127.0.0.1:${port}`;
  log(`Supabase Auth stand-in (development and tests only) on ${url}`);
  return {
    url,
    anonKey: keys.anonKey,
    serviceRoleKey: keys.serviceRoleKey,
    port,
    async stop() {
      const open = listener;
      listener = null;
      await open?.close();
      await services.db.close();
    },
    async restart() {
      if (listener) return;
      services.db.reopen();
      listener = await listen(authApp(services), port);
    },
  };
}

async function listenSomewhere(services: AuthServices, wanted: number): Promise<Listener> {
  const app = authApp(services);
  for (let attempt = 1; ; attempt++) {
    try {
      return await listen(app, await freePortOrOther(attempt === 1 ? wanted : 0));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || attempt === 5) throw error;
    }
  }
}
