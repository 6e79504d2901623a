import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, inject, onTestFinished, test, vi } from 'vitest';
import { type Running, readRunning } from '../../supabase/local/start/running.ts';
import { root } from '../support/project-root.ts';

interface Started {
  /** Its data folder. */
  data: string;
  process: ChildProcess;
  printed(): string;
  /** Its exit code. */
  ended: Promise<number | null>;
}

/** `npm start` as npm runs it, in a data folder of its own with a space in its name. */
function start({ data = folder(), port = 0, env = {}, args = [] as string[] } = {}): Started {
  const child = spawn(process.execPath, ['start.mjs', ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, WELLCHINA_DATA: data, PORT: String(port), SUPABASE_URL: '', ...env },
  });
  let printed = '';
  const listen = (chunk: Buffer) => {
    printed += chunk.toString();
  };
  child.stdout.on('data', listen);
  child.stderr.on('data', listen);
  const ended = once(child, 'close').then(([code]) => code as number | null);
  onTestFinished(async () => {
    child.kill('SIGTERM');
    await ended;
  });
  return { data, process: child, printed: () => printed, ended };
}

function folder(): string {
  const made = mkdtempSync(path.join(tmpdir(), 'wellchina start-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

async function untilRunning({ data, printed }: Started): Promise<Running> {
  return vi.waitFor(
    async () => {
      const running = await readRunning(data);
      if (!running) throw new Error(`not running yet:\n${printed()}`);
      return running;
    },
    { timeout: 60_000, interval: 50 },
  );
}

/** Process ids of everything that a start with this data folder has begun: they all carry the variable. */
function processesOf(data: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const holds = readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`WELLCHINA_DATA=${data}\0`);
        return holds && !/^\S+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
      } catch {
        return false;
      }
    })
    .map(Number);
}

const command = (pid: number) => readFileSync(`/proc/${pid}/cmdline`, 'utf8');
const onLinux = process.platform === 'linux';

test.runIf(onLinux)(
  'a run moves aside, says where it is, heals, refuses a second one and leaves nothing',
  { timeout: 90_000 },
  async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    onTestFinished(() => void taken.close());
    const address = taken.address();
    const port = typeof address === 'object' && address ? address.port : 0;

    const first = start({ port });
    const running = await untilRunning(first);

    // It moved aside, and what running.json names answers.
    expect(new URL(running.site).port).not.toBe(String(port));
    expect(running.desk).toBe(`${running.site}agent`);
    expect((await fetch(new URL('/healthz', running.site))).status).toBe(200);
    expect((await fetch(new URL('/auth/v1/.well-known/jwks.json', running.supabaseUrl))).status).toBe(200);
    expect(running.mailDir.startsWith(first.data)).toBe(true);

    // A second one in the same folder, with --fresh or without, is refused and told where the first is.
    for (const args of [[], ['--fresh']]) {
      const second = start({ data: first.data, args });
      expect(await second.ended).toBe(1);
      expect(second.printed()).toContain(`running already at ${running.site}`);
    }
    expect(await readRunning(first.data)).toEqual(running);

    // workerd comes back by itself, on the same port.
    const workerd = processesOf(first.data).find((pid) => command(pid).includes('workerd'));
    if (!workerd) throw new Error('no workerd');
    process.kill(workerd, 'SIGKILL');
    await vi.waitFor(async () => expect((await fetch(new URL('/healthz', running.site))).status).toBe(200), {
      timeout: 20_000,
      interval: 100,
    });

    // One signal to the command alone ends everything.
    first.process.kill('SIGTERM');
    await first.ended;
    expect(await readRunning(first.data)).toBeNull();
    await vi.waitFor(() => expect(processesOf(first.data).map(command)).toEqual([]), 5000);
  },
);

test.runIf(onLinux)('Ctrl-C during start-up leaves nothing', { timeout: 60_000 }, async () => {
  const one = start();
  await vi.waitFor(
    () => expect(processesOf(one.data).some((pid) => command(pid).includes('postgres'))).toBe(true),
    {
      timeout: 30_000,
      interval: 10,
    },
  );
  one.process.kill('SIGINT');
  await one.ended;
  await vi.waitFor(() => expect(processesOf(one.data).map(command)).toEqual([]), 5000);
  expect(readdirSync(one.data)).not.toContain('start.lock');
});

test.runIf(onLinux)('a project that the environment names is used, with no Postgres of our own', async () => {
  const project = inject('backend');
  const one = start({
    env: {
      SUPABASE_URL: project.supabaseUrl,
      SUPABASE_ANON_KEY: project.anonKey,
      SUPABASE_SERVICE_ROLE_KEY: project.serviceRoleKey,
      DATABASE_URL: project.databaseUrl,
    },
  });
  const running = await untilRunning(one);
  expect(running.databaseUrl).toBe(project.databaseUrl);
  expect((await fetch(new URL('/healthz', running.site))).status).toBe(200);
  expect(processesOf(one.data).some((pid) => command(pid).includes('postgres'))).toBe(false);
  expect(one.printed()).toContain('no accounts are seeded');
});

test('half a Supabase project in the environment is refused with what is missing', async () => {
  const one = start({ env: { SUPABASE_URL: 'https://example.supabase.co' } });
  expect(await one.ended).toBe(1);
  expect(one.printed()).toContain('Missing: SUPABASE_ANON_KEY, SUPABASE_SERVICE_ROLE_KEY, DATABASE_URL');
});

test('a port that is none is refused in a sentence', async () => {
  const one = start({ env: { PORT: 'eighty' } });
  expect(await one.ended).toBe(1);
  expect(one.printed()).toContain('PORT is "eighty"');
});

test('one command starts it: the scripts of package.json', async () => {
  const { scripts } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  expect(scripts).toMatchObject({ start: 'node start.mjs', test: 'node start.mjs test' });
});
