import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { DEFAULT_LIMITS } from '../../app/protocol/limits.ts';
import { freePort } from '../../supabase/local/ports.ts';
import { WorkerProcess } from '../../supabase/local/start/worker/worker.ts';
import { EDGE_LIMITS } from '../../workers/edge/limits.ts';
import type { TestBackend } from './backend.ts';
import { temporaryFolder } from './shared.ts';
import { siteFolder } from './site.ts';

/** Every test comes from one address and most are the same few agents; what is about these limits sets them. */
export const COUNTED_AT_THE_EDGE = Object.fromEntries(
  EDGE_LIMITS.map((limit) => [limit, DEFAULT_LIMITS[limit] * 10_000]),
);

export interface TestWorkerOptions
  extends Pick<TestBackend, 'databaseUrl' | 'supabaseUrl' | 'anonKey' | 'serviceRoleKey'> {
  /** Default: any free one, kept over restarts. */
  port?: number;
  /** Folder of the Durable Objects' databases. Default: a temporary one, deleted by `stop`. */
  persistTo?: string;
  /** Variables and secrets over those of `wrangler.toml`, for example `{ LIMITS: '{"burst": 1000}' }`. */
  vars?: Record<string, string>;
  /** Folder of a built site; default: the run's. */
  siteDir?: string;
  /** Default true; see `WorkerSetup`. */
  staticFiles?: boolean;
}

export interface TestWorker {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly url: string;
  readonly wsUrl: string;
  /** Process id of workerd, -1 while it is killed. */
  readonly pid: number;
  readonly mailDir: string;
  /** What the Worker has written to its console so far. */
  output(): string;
  /** `kill -9` of workerd. It stays away until `restart`. */
  kill(): Promise<void>;
  /** A new workerd on the same port with the same stored state; with `changes`, as a new deploy would have them. */
  restart(changes?: { vars?: Record<string, string>; siteDir?: string; databaseUrl?: string }): Promise<void>;
  /** Ends workerd and deletes its temporary folder. May be called twice. */
  stop(): Promise<void>;
}

/**
 * Runs the real built Worker in a workerd of its own: the bundle that would be deployed, with its static files, without
 * a development proxy, so a killed process is killed and a socket that ends has ended. Several may run at once.
 */
export async function startWorker(options: TestWorkerOptions): Promise<TestWorker> {
  const folder = await temporaryFolder('worker');
  const port = options.port || (await freePort(0));
  const setup = {
    siteDir: options.siteDir ?? (await siteFolder()),
    port,
    staticFiles: options.staticFiles ?? true,
    persistTo: options.persistTo ?? path.join(folder, 'state'),
    mailDir: path.join(folder, 'mail'),
    databaseUrl: options.databaseUrl,
    vars: {
      SUPABASE_URL: options.supabaseUrl,
      SUPABASE_ANON_KEY: options.anonKey,
      SUPABASE_SERVICE_ROLE_KEY: options.serviceRoleKey,
      TICKET_SECRET: randomBytes(32).toString('hex'),
      ...options.vars,
      LIMITS: JSON.stringify({ ...COUNTED_AT_THE_EDGE, ...JSON.parse(options.vars?.LIMITS ?? '{}') }),
    },
  };
  let printed = '';
  const worker = new WorkerProcess({
    output: (text) => {
      printed += text;
    },
  });
  const stop = async () => {
    await worker.stop();
    await rm(folder, { recursive: true, force: true });
  };
  const run = () =>
    worker.run(setup).catch(async (error: unknown) => {
      await stop();
      throw new Error(`The Worker did not start: ${error}\n${printed}`, { cause: error });
    });
  await run();
  return {
    url: `http://127.0.0.1:${port}`,
    wsUrl: `ws://127.0.0.1:${port}`,
    mailDir: setup.mailDir,
    get pid() {
      return worker.pid;
    },
    output: () => printed,
    kill: () => worker.kill(),
    restart: async ({ vars, ...changes } = {}) => {
      Object.assign(setup, changes);
      Object.assign(setup.vars, vars);
      await run();
    },
    stop,
  };
}
