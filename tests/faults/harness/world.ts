import { rm } from 'node:fs/promises';
import path from 'node:path';
import postgres from 'postgres';
import { z } from 'zod';
import { type RunningAuth, startSupabaseLocal } from '../../../supabase/local/auth/server.ts';
import { type Backend, startBackend } from '../../../supabase/local/backend.ts';
import { seededAccounts } from '../../../supabase/local/seed.ts';
import { temporaryFolder } from '../../support/shared.ts';
import { startWorker, type TestWorker } from '../../support/worker.ts';
import { answerSchema, ORDERS_PATH, type Order } from '../worker/orders.ts';
import { arriveAsAgent, arriveAsVisitor, type Person } from './people.ts';
import { faultySite } from './site.ts';

/** Seconds that an access token lives: long enough to open a socket on a machine that has much else to do. */
const TOKEN_LIFETIME = 60;

const AUTH_SETTINGS = { anonymousPerHour: 1_000_000, bcryptCost: 4 };

/** Limits that no test is about; a fault that is about one sets it. */
const OPEN_LIMITS = {
  messagesPerMinute: 10_000_000,
  messageBurst: 1_000_000,
  framesPerSecond: 1_000_000,
  behindAfterMs: 1_000,
  backoffMaxMs: 1_500,
};

const healthSchema = z.object({
  database: z.boolean(),
  auth: z.boolean(),
  behind: z.object({ rooms: z.number(), oldestSeconds: z.number() }).nullable(),
});
export type Health = z.infer<typeof healthSchema>;

/** Everything real that a fault is injected into. */
export interface World {
  readonly backend: Backend;
  readonly worker: TestWorker;
  readonly auth: RunningAuth;
  readonly sql: postgres.Sql;
  /** The desk's people, signed in. */
  readonly agents: readonly Person[];
  visitor(): Promise<Person>;
  /** A call of the API as `person`. */
  api(person: Person, method: 'GET' | 'POST', path: string, body?: unknown): Promise<Response>;
  health(): Promise<Health>;
  order(order: Order): Promise<z.infer<typeof answerSchema>>;
  /** A Worker without memory or stored state, on another port. What the last one left in Postgres is closed. */
  renew(settings?: {
    limits?: Record<string, number>;
    databaseUrl?: string;
    /** Seconds. */
    tokenLifetime?: number;
  }): Promise<void>;
  /** The limits as a variable of the Worker, for a deploy that changes something. */
  varsFor(limits?: Record<string, number>): Record<string, string>;
  stop(): Promise<void>;
}

/** Starts Postgres, Auth and a Worker that only this run uses. */
export async function createWorld(): Promise<World> {
  const folder = await temporaryFolder('faults');
  // One after the other: bundling holds this process up, and Auth, which lives in it, would be late.
  const site = await faultySite();
  const backend = await startBackend({
    dataDir: folder,
    durable: false,
    authPort: 0,
    postgresPort: 0,
    settings: { ...AUTH_SETTINGS, accessTokenLifetime: TOKEN_LIFETIME },
  });
  const sql = postgres(backend.adminUrl, { max: 4, onnotice: () => {}, idle_timeout: 5 });
  await sql`update public.chat_agents set max_chats = 100`;
  const arriveAll = () =>
    Promise.all(
      seededAccounts
        .filter(({ desk }) => desk)
        .map(({ email, password }) => arriveAsAgent(backend, email, password)),
    );
  let agents = await arriveAll();
  let { auth } = backend;
  let lifetime = TOKEN_LIFETIME;
  const varsFor = (limits: Record<string, number> = {}) => ({
    LIMITS: JSON.stringify({ ...OPEN_LIMITS, ...limits }),
  });
  let worker: TestWorker | null = null;
  const running = (): TestWorker => {
    if (!worker) throw new Error('no Worker runs');
    return worker;
  };

  return {
    backend,
    sql,
    varsFor,
    get auth() {
      return auth;
    },
    get agents() {
      return agents;
    },
    get worker() {
      return running();
    },
    visitor: () => arriveAsVisitor(() => running().url),
    async api(person, method, path, body) {
      return fetch(`${running().url}${path}`, {
        method,
        headers: { Authorization: `Bearer ${await person.token()}`, 'Content-Type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    },
    async health() {
      return healthSchema.parse(await (await fetch(`${running().url}/healthz`)).json());
    },
    async order(order) {
      const answer = await fetch(`${running().url}${ORDERS_PATH}`, {
        method: 'POST',
        body: JSON.stringify(order),
      });
      if (!answer.ok) throw new Error(`order ${order.do}: ${answer.status} ${await answer.text()}`);
      return answerSchema.parse(await answer.json());
    },
    async renew({ limits, databaseUrl, tokenLifetime = TOKEN_LIFETIME } = {}) {
      await worker?.stop();
      if (tokenLifetime !== lifetime) {
        lifetime = tokenLifetime;
        await auth.stop();
        auth = await startSupabaseLocal({
          databaseUrl: backend.adminUrl,
          stateDir: path.join(folder, 'auth'),
          mailDir: backend.mailDir,
          port: auth.port,
          settings: { ...AUTH_SETTINGS, accessTokenLifetime: lifetime },
        });
        agents = await arriveAll();
      }
      await sql`update public.conversations set status = 'closed', closed_at = now() where status <> 'closed'`;
      worker = await startWorker({
        ...backend,
        ...(databaseUrl === undefined ? {} : { databaseUrl }),
        siteDir: site.folder,
        vars: varsFor(limits),
      });
    },
    async stop() {
      await worker?.stop();
      await auth.stop();
      await sql.end({ timeout: 1 }).catch(() => {});
      await backend.stop();
      await Promise.all([site.remove(), rm(folder, { recursive: true, force: true })]);
    },
  };
}
