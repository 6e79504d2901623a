import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import postgres from 'postgres';
import { inject } from 'vitest';
import type {} from '../../../tests/support/backend.ts';
import { lastMail } from '../mail.ts';
import { examples } from './google/page.ts';
import { startSupabaseLocal } from './server.ts';
import type { AuthSettings } from './settings.ts';

/** The page a link in these tests may lead back to. */
export const SITE = 'http://localhost:8787/welcome';

/**
 * An Auth server of a test file's own, with its own settings, clock, keys and mail folder, on the run's Postgres:
 * it starts in no time. Addresses must be the file's own (`address()`).
 */
export async function startTestAuth(settings: Partial<AuthSettings> = {}) {
  const folder = await mkdtemp(path.join(tmpdir(), 'wellchina-test-'));
  const mailDir = path.join(folder, 'mail');
  const prefix = crypto.randomUUID().slice(0, 8);
  const time = { now: Date.now() };
  const own: Partial<AuthSettings> = { bcryptCost: 4, now: () => time.now, ...settings };
  const { adminUrl } = inject('backend');
  const server = await startSupabaseLocal({
    databaseUrl: adminUrl,
    port: 0,
    stateDir: folder,
    mailDir,
    settings: own,
  });
  const sql = postgres(adminUrl, { max: 1, onnotice: () => {} });
  const { url, anonKey, serviceRoleKey } = server;
  let count = 0;
  const make = (key: string, flowType: 'implicit' | 'pkce', storage?: Map<string, string>): SupabaseClient =>
    createClient(url, key, {
      auth: {
        autoRefreshToken: false,
        persistSession: storage !== undefined,
        detectSessionInUrl: false,
        flowType,
        ...(storage ? { storage: mapStorage(storage) } : {}),
      },
    });
  return {
    url,
    anonKey,
    mailDir,
    sql,
    /** Moves the clock. */
    pass: (seconds: number) => {
      time.now += seconds * 1000;
    },
    address: () => `p${++count}-${prefix}@example.test`,
    client: () => make(anonKey, 'implicit'),
    /** A client that keeps its code verifier, as a browser does. */
    pkceClient: () => make(anonKey, 'pkce', new Map()),
    admin: () => make(serviceRoleKey, 'implicit'),
    mail: (to: string) => lastMail(mailDir, to),
    /** Opens a link as a browser does, and says where it leads, without going there. */
    follow,
    async stop() {
      await sql.end();
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export type TestAuth = Awaited<ReturnType<typeof startTestAuth>>;

export interface Led {
  status: number;
  url: URL;
  query: Record<string, string>;
  fragment: Record<string, string>;
}

export async function follow(link: string, init: RequestInit = {}): Promise<Led> {
  const answer = await fetch(link, { redirect: 'manual', ...init });
  const location = answer.headers.get('location');
  if (location === null) throw new Error(`${answer.status} instead of a redirect: ${await answer.text()}`);
  const url = new URL(location, link);
  return {
    status: answer.status,
    url,
    query: Object.fromEntries(url.searchParams),
    fragment: Object.fromEntries(new URLSearchParams(url.hash.slice(1))),
  };
}

/** What the person does at make-believe Google. */
export interface Choice {
  email?: string;
  name?: string;
  verified?: boolean;
  deny?: boolean;
}

/** The way of a browser from `authorize` (or from the consent page) through consent and callback, to where it ends. */
export async function throughGoogle(start: string, choice: Choice = {}): Promise<Led> {
  return follow(await consentTo(start, choice));
}

/** The same as far as Google's answer: the address of the callback that the browser is sent to. */
export async function consentTo(start: string, choice: Choice = {}): Promise<string> {
  const consent = start.includes('/authorize') ? (await follow(start)).url : new URL(start);
  const page = await fetch(consent);
  const html = await page.text();
  const hidden = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1] ?? '';
  const body = new URLSearchParams({
    redirect_uri: hidden('redirect_uri'),
    state: hidden('state'),
    account: choice.email === undefined ? examples[0].email : '',
    email: choice.email ?? '',
    name: choice.name ?? '',
    decision: choice.deny ? 'deny' : 'allow',
    ...(choice.verified === false ? {} : { verified: 'yes' }),
  });
  return (await follow(consent.href, { method: 'POST', body })).url.href;
}

function mapStorage(map: Map<string, string>) {
  return {
    getItem: (key: string) => map.get(key) ?? null,
    setItem: (key: string, value: string) => void map.set(key, value),
    removeItem: (key: string) => void map.delete(key),
  };
}
