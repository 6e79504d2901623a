import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import postgres from 'postgres';
import { type Backend, startBackend } from '../../../supabase/local/backend.ts';
import { processStart } from '../../../supabase/local/processes.ts';
import { root } from '../../support/project-root.ts';
import { siteFolder } from '../../support/site.ts';
import { startWorker, type TestWorker } from '../../support/worker.ts';
import { type NodeRival, startNodeRival } from '../rivals/node.ts';
import { type Rival, startWorkerRival, type WorkerRival } from '../rivals/workerd.ts';
import { Load } from './load/load.ts';
import type { LineSpec } from './load/messages.ts';
import type { Medium } from './report.ts';
import { Rooms } from './rooms.ts';

/** What keeps people from hurting each other would only be measured here; the sizes stay as they are. */
const LIMITS = {
  messagesPerMinute: 1_000_000_000,
  messageBurst: 1_000_000_000,
  framesPerSecond: 1_000_000_000,
  socketsPerPerson: 10_000,
  socketsPerRoom: 100_000,
};

export interface OurWorker {
  readonly worker: TestWorker;
  readonly rooms: Rooms;
}

/** Everything a measurement runs on, all of it on one medium. Servers are started when first asked for. */
export interface Stage {
  readonly medium: Medium;
  readonly backend: Backend;
  /** The superuser's connection, for preparing and for looking. */
  readonly sql: postgres.Sql;
  readonly load: Load;
  /** Our Worker. */
  ours(): Promise<OurWorker>;
  /** Another one of ours, with an empty memory, for a measurement that must not meet the others' rooms. */
  another(changes?: { databaseUrl?: string; limits?: Record<string, number> }): Promise<OurWorker>;
  /** A rival in a workerd of its own; by another `use`, one that only those who name it share. */
  onWorkerd(name: WorkerRival, use?: string): Promise<Rival>;
  inNode(name: NodeRival, databaseUrl?: string): Promise<Rival>;
  /** What several measurements share: made when first asked for. */
  once<Made>(key: string, make: () => Promise<Made>): Promise<Made>;
  /** A new, empty room of a rival. */
  line(rival: Rival, name?: string): LineSpec;
  stop(): Promise<void>;
}

let rooms = 0;

/** Starts Postgres and the load process. On the disk Postgres is durable; on memory an fsync would mean nothing. */
export async function createStage(medium: Medium): Promise<Stage> {
  const place = medium === 'memory' ? '/dev/shm' : path.join(root, '.data');
  const folder = path.join(place, `bench-${process.pid}-${medium}`);
  await mkdir(folder, { recursive: true });
  await removeLeftOver(place);
  const backend = await startBackend({
    dataDir: path.join(folder, 'backend'),
    durable: medium === 'disk',
    authPort: 0,
    postgresPort: 0,
    settings: { anonymousPerHour: 1_000_000, bcryptCost: 4 },
  });
  const sql = postgres(backend.adminUrl, { max: 4, onnotice: () => {} });
  await preparePostgres(backend, sql);
  const siteDir = await siteFolder();
  const { compatibilityDate } = JSON.parse(await readFile(path.join(siteDir, 'options.json'), 'utf8')) as {
    compatibilityDate: string;
  };
  const load = new Load();
  const endings: (() => Promise<unknown>)[] = [];
  const ending = <T extends { stop(): Promise<void> }>(started: T): T => {
    endings.push(() => started.stop());
    return started;
  };
  const shared = new Map<string, Promise<unknown>>();
  const once: Stage['once'] = (key, make) => {
    const made = (shared.get(key) as ReturnType<typeof make> | undefined) ?? make();
    shared.set(key, made);
    return made;
  };

  const another: Stage['another'] = async ({ databaseUrl, limits } = {}) => {
    const secret = randomBytes(32).toString('hex');
    const worker = ending(
      await startWorker({
        ...backend,
        ...(databaseUrl === undefined ? {} : { databaseUrl }),
        siteDir,
        // Sockets go to the Worker directly, as the rivals' do, and as they do on Cloudflare.
        staticFiles: false,
        persistTo: path.join(folder, `ours-${endings.length}`),
        vars: { LIMITS: JSON.stringify({ ...LIMITS, ...limits }), TICKET_SECRET: secret },
      }),
    );
    return { worker, rooms: new Rooms(sql, worker.wsUrl, secret) };
  };

  return {
    medium,
    backend,
    sql,
    load,
    another,
    once,
    ours: () => once('ours', another),
    onWorkerd: (name, use = name) =>
      once(use, async () => ending(await startWorkerRival(name, path.join(folder, use), compatibilityDate))),
    inNode: (name, databaseUrl = backend.databaseUrl) =>
      once(`${name} ${databaseUrl}`, async () => ending(await startNodeRival(name, databaseUrl))),
    line: (rival, name = `room-${rooms++}`) => ({
      url: `${rival.wsUrl}/${rival.path?.(name) ?? name}`,
      protocols: [],
      dialect: rival.dialect ?? 'room',
    }),
    async stop() {
      load.stop();
      await Promise.all(endings.map((end) => end().catch(() => {})));
      await sql.end({ timeout: 1 }).catch(() => {});
      await backend.stop();
      await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}

/** What a run that was interrupted could not take away. */
async function removeLeftOver(place: string): Promise<void> {
  for (const name of await readdir(place)) {
    const pid = Number(/^bench-(\d+)-/u.exec(name)?.[1]);
    if (pid && processStart(pid) === null) await rm(path.join(place, name), { recursive: true, force: true });
  }
}

/** As a hosted Supabase project is set up: its change log can be read by slots. */
async function preparePostgres({ postgres: server }: Backend, sql: postgres.Sql): Promise<void> {
  await sql`alter system set wal_level = 'logical'`;
  await server.stop();
  await server.restart();
  await sql.unsafe(`
    create schema bench;
    create table bench.messages (
      id uuid primary key, seq bigint generated always as identity, room text not null, kind text not null,
      content text not null, created_at timestamptz not null default now());
    create index messages_room on bench.messages (room, seq);
    create publication bench for table bench.messages;
    grant usage on schema bench to postgres;
    grant all on bench.messages to postgres;`);
}
