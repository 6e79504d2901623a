/**
 * A process of its own that runs the built Worker in one workerd, through Miniflare: no bundler, no development proxy.
 * It is its own process so that workerd can be killed, restarted and watched from outside while the loopback server
 * it needs lives and dies with it. When the process that started it goes, it goes.
 */
import childProcess from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare, type MiniflareOptions } from 'miniflare';
import { type Pooler, startPooler } from '../../pooler/pooler.ts';
import { varsFromEnvironment } from '../environment.ts';
import { parseMailReport, writeMail } from './mail.ts';
import type { FromHost, SiteOptions, ToHost, WorkerSetup } from './messages.ts';

function tell(message: FromHost): void {
  process.send?.(message);
}

/** Miniflare keeps workerd's process id to itself, and starts a new one by itself when it died. */
const { spawn } = childProcess;
childProcess.spawn = ((command: string, ...rest: [never, never]) => {
  const child = spawn(command, ...rest);
  if (path.basename(command).startsWith('workerd') && child.pid !== undefined) {
    tell({ type: 'workerd', pid: child.pid });
  }
  return child;
}) as typeof spawn;

let mailDir = '';

/** The `send_email` binding reports each mail as a log line with the paths of temporary files. */
class HostLog extends Log {
  override logWithLevel(level: LogLevel, message: string): void {
    const mail = parseMailReport(message);
    if (mail) {
      void writeMail(mailDir, mail).then((file) => tell({ type: 'mail', file, subject: mail.subject }));
      return;
    }
    // Its own notes ("Ready on …") are not for whoever reads the Worker's output.
    if (level <= LogLevel.WARN) super.logWithLevel(level, message);
  }
}

let pooled: { databaseUrl: string; pooler: Pooler } | null = null;

/** What Hyperdrive is on Cloudflare, for a Postgres on this machine; one elsewhere may want TLS, and is left as it is. */
async function hyperdriveFor(databaseUrl: string): Promise<string> {
  const { hostname, searchParams } = new URL(databaseUrl);
  if (hostname !== '127.0.0.1' || searchParams.has('sslmode')) return databaseUrl;
  if (pooled?.databaseUrl !== databaseUrl) {
    await pooled?.pooler.stop();
    pooled = { databaseUrl, pooler: await startPooler(databaseUrl) };
  }
  return pooled.pooler.url;
}

async function optionsFor(setup: WorkerSetup): Promise<MiniflareOptions> {
  const { assets, ...site } = JSON.parse(
    await readFile(path.join(setup.siteDir, 'options.json'), 'utf8'),
  ) as SiteOptions;
  const database = await hyperdriveFor(setup.databaseUrl);
  const servesFiles = assets && setup.staticFiles !== false;
  return convertV4MiniflareOptions({
    host: '127.0.0.1',
    port: setup.port,
    // Otherwise Miniflare asks Cloudflare what `request.cf` might look like.
    cf: false,
    telemetry: { enabled: false },
    logRequests: false,
    log: new HostLog(LogLevel.INFO),
    resourcePersistencePath: setup.persistTo,
    // Crons do not fire by themselves here; this gives them an address: /cdn-cgi/handler/scheduled
    unsafeTriggerHandlers: true,
    workers: [
      {
        ...site,
        rootPath: setup.siteDir,
        modules: [{ type: 'ESModule', path: path.join(setup.siteDir, 'worker', 'app.js') }],
        modulesRoot: path.join(setup.siteDir, 'worker'),
        bindings: {
          ...site.bindings,
          // TURNSTILE_SECRET is the one secret that a developer may set and nobody makes up.
          ...varsFromEnvironment([...Object.keys(site.bindings ?? {}), 'TURNSTILE_SECRET'], process.env),
          ...setup.vars,
        },
        hyperdrives: Object.fromEntries(Object.keys(site.hyperdrives ?? {}).map((name) => [name, database])),
        ...(servesFiles ? { assets: { ...assets, directory: path.join(setup.siteDir, 'client') } } : {}),
      },
    ],
  } as Parameters<typeof convertV4MiniflareOptions>[0]);
}

let running: Miniflare | undefined;
let queue: Promise<void> = Promise.resolve();

async function run(setup: WorkerSetup): Promise<void> {
  mailDir = setup.mailDir;
  await mkdir(setup.persistTo, { recursive: true });
  const options = await optionsFor(setup);
  if (running) await running.setOptions(options);
  else running = new Miniflare(options);
  await running.ready;
  tell({ type: 'ready' });
}

async function stop(): Promise<void> {
  await running?.dispose().catch(() => {});
  process.exit(0);
}

process.on('message', (message: ToHost) => {
  if (message.type === 'stop') {
    void stop();
    return;
  }
  queue = queue
    .then(() => run(message.setup))
    .catch((error: unknown) => {
      tell({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
    });
});
process.on('disconnect', () => void stop());
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop());
