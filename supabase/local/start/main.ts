/** `npm start`: the whole system on this machine. Begun by `start.mjs`, which has installed what it needs. */
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { freePort, readPort } from '../ports.ts';
import { banner } from './banner.ts';
import { untilHealthy } from './health.ts';
import { LiveSite } from './live-site.ts';
import { dataDir, root } from './paths.ts';
import { openProject } from './project.ts';
import { AlreadyRunning, announce, leaveFolder, type Running, takeFolder } from './running.ts';
import { ensureSecrets } from './secrets.ts';
import { buildSite } from './site/build.ts';
import { note, problem, sinceStart, step } from './steps.ts';
import { interruption, Teardown } from './teardown.ts';
import { watchFolders } from './watch.ts';

const interrupted = interruption();
const teardown = new Teardown();

async function start(fresh: boolean): Promise<void> {
  const wanted = readPort(process.env.PORT, 8787);
  await takeFolder(dataDir, fresh);
  teardown.add(() => leaveFolder(dataDir));

  // Before Auth: the links in its mails lead here.
  const port = await freePort(wanted);
  if (port !== wanted && wanted !== 0) note(`port ${wanted} is taken, using ${port}`);
  const [project, version] = await Promise.all([backend(`http://localhost:${port}`), build()]);
  interrupted.throwIfAborted();

  const starting = step('Worker');
  const mailDir = path.join(dataDir, 'mail');
  await mkdir(mailDir, { recursive: true });
  const site = new LiveSite(
    path.join(dataDir, 'site'),
    {
      port,
      persistTo: path.join(dataDir, 'worker'),
      mailDir,
      databaseUrl: project.databaseUrl,
      vars: {
        SUPABASE_URL: project.supabaseUrl,
        SUPABASE_ANON_KEY: project.anonKey,
        SUPABASE_SERVICE_ROLE_KEY: project.serviceRoleKey,
        ...(await ensureSecrets(dataDir)),
      },
    },
    {
      output: await workerLog(),
      mail: (file, subject) => note(`mail "${subject}": ${file}`),
      lost: () => note('the Worker ended and is started again'),
    },
  );
  teardown.add(() => site.stop());
  await site.start(version, interrupted);
  const address = `http://localhost:${port}/`;
  await untilHealthy(`http://127.0.0.1:${port}`, interrupted);
  starting.done(address);

  const running: Running = {
    site: address,
    desk: `${address}agent`,
    supabaseUrl: project.supabaseUrl,
    anonKey: project.anonKey,
    serviceRoleKey: project.serviceRoleKey,
    databaseUrl: project.databaseUrl,
    mailDir,
    pid: process.pid,
  };
  teardown.add(await watchFolders(sources, () => refresh(site)));
  await announce(dataDir, running);
  console.log(banner(running, project.seeded));
  console.log(`  Ready after ${sinceStart()} s.\n`);
}

const sources = ['app', 'workers', 'drizzle', 'public'].map((name) => path.join(root, name));

async function backend(siteUrl: string) {
  const doing = step('Supabase');
  const opening = openProject(dataDir, process.env, note, siteUrl);
  // Whoever presses Ctrl-C now waits for Postgres to be up, or it would be left behind.
  teardown.add(async () => (await opening.catch(() => null))?.stop());
  const project = await opening;
  doing.done(project.supabaseUrl);
  return project;
}

async function build(): Promise<string> {
  const doing = step('Build');
  const { version, built } = await buildSite({
    signal: interrupted,
    log: (part) => note(`building ${part}`),
  });
  doing.done(built.length > 0 ? built.join(', ') : 'unchanged');
  return version;
}

async function refresh(site: LiveSite): Promise<void> {
  const doing = step('Changed');
  try {
    const built = await site.refresh(interrupted);
    if (built.length > 0) doing.done(built.join(', '));
  } catch (error) {
    if (!interrupted.aborted) problem(`${text(error)}\n\n  The last good version goes on running.`);
  }
}

/** The Worker's console goes to the terminal and, for reading it later, to a file. */
async function workerLog(): Promise<(output: string) => void> {
  await mkdir(path.join(dataDir, 'logs'), { recursive: true });
  const file = createWriteStream(path.join(dataDir, 'logs', 'worker.log'), { flags: 'a' });
  teardown.add(() => new Promise((resolve) => file.end(resolve)));
  return (output) => {
    process.stdout.write(output);
    file.write(output);
  };
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

interrupted.addEventListener('abort', () => {
  console.log('\n  Stopping …');
  void teardown.run().then(() => process.exit(0));
});

try {
  await start(process.argv.includes('--fresh'));
} catch (error) {
  if (!interrupted.aborted) {
    problem(text(error));
    if (!(error instanceof AlreadyRunning) && process.env.DEBUG) console.error(error);
    await teardown.run();
    process.exit(1);
  }
}
