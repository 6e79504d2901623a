// `npm start` and `npm test`, on a machine with nothing but Node 20 or newer and npm: installs what package-lock.json
// names when that is not there yet, and goes on under the Node that comes with it. No dependency, no syntax of tomorrow.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(fileURLToPath(import.meta.url));
const modules = path.join(root, 'node_modules');
const lockfile = path.join(root, 'package-lock.json');
const installed = path.join(modules, '.package-lock.json');
const windows = process.platform === 'win32';

/**
 * Whether node_modules holds what the lockfile names, by npm's own note of what it has installed last. Not by times,
 * which a checkout and `npm install` change as well: installing anew deletes node_modules under everything that runs.
 */
function upToDate() {
  if (!existsSync(installed)) return false;
  const packages = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;
  const there = packages(installed);
  return Object.entries(packages(lockfile)).every(
    ([place, { version, optional }]) =>
      // Optional packages of other platforms are not installed, and that is right.
      place === '' || (there[place] ? there[place].version === version : optional),
  );
}

async function install() {
  if (upToDate()) return;
  const release = await onlyOne();
  try {
    if (upToDate()) return;
    const began = Date.now();
    const seconds = () => Math.round((Date.now() - began) / 1000);
    console.log('\n  Installing packages (npm ci), the first time about half a minute …');
    const patience = setInterval(() => console.log(`    still installing, ${seconds()} s`), 10_000);
    const code = await run(...npm(['ci', '--no-audit', '--no-fund', '--loglevel=error']), process.env);
    clearInterval(patience);
    if (code !== 0) {
      console.error(
        '\n✗ The packages could not be installed: npm ci failed, its own words are above.' +
          '\n  The first start needs the npm registry; once installed, it works without a network.\n',
      );
      process.exit(code || 1);
    }
    console.log(`  ✓ Install     packages ${seconds()} s`);
  } finally {
    release();
  }
}

/** The npm that runs us, or the one on the PATH. */
function npm(args) {
  const script = process.env.npm_execpath;
  if (script && /\.c?js$/.test(script)) return [process.execPath, [script, ...args], {}];
  return [windows ? 'npm.cmd' : 'npm', args, { shell: windows }];
}

/** Waits while another command installs into the same folder: `npm ci` begins by deleting it. */
async function onlyOne() {
  const file = path.join(root, '.data', 'install.lock');
  mkdirSync(path.dirname(file), { recursive: true });
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      if (lives(file)) await new Promise((resolve) => setTimeout(resolve, 300));
      else rmSync(file, { force: true });
    }
  }
}

function lives(file) {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    if (!pid || pid === process.pid) return false;
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** The Node that the lockfile brings, or this one where it is new enough. */
function node() {
  const brought = path.join(modules, 'node', 'bin', windows ? 'node.exe' : 'node');
  if (existsSync(brought)) return brought;
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 18)) return process.execPath;
  console.error(
    `\n✗ Node 22.18 or newer is needed; this is ${process.versions.node}, and the package "node" brought none.\n`,
  );
  process.exit(1);
}

/** The environment with the installed commands, and that Node, first on the PATH. */
function environment(binary) {
  const env = { ...process.env };
  // Windows spells it "Path", and a copied environment has lost its blindness to case.
  const key = Object.keys(env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
  env[key] = [path.dirname(binary), path.join(modules, '.bin'), env[key]]
    .filter(Boolean)
    .join(path.delimiter);
  return env;
}

/** Runs a command until it ends, passing signals on. Returns its exit code, 128 + n for a signal. */
function run(command, args, options, env) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', env, ...options });
    const pass = (signal) => child.kill(signal);
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    for (const signal of signals) process.on(signal, pass);
    const orphaned = watchParent(() => child.kill('SIGTERM'));
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearInterval(orphaned);
      for (const name of signals) process.removeListener(name, pass);
      resolve(code ?? 128 + ({ SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 }[signal] ?? 0));
    });
  });
}

/** npm that is ended does not pass SIGTERM on through the shell it runs us in. It leaves us to another parent. */
function watchParent(gone) {
  const parent = process.ppid;
  if (!process.env.npm_lifecycle_event || windows) return undefined;
  const watching = setInterval(() => {
    if (process.ppid === parent) return;
    // Once: a second signal, after some seconds, would mean "at once, never mind the rest".
    clearInterval(watching);
    gone();
  }, 200);
  return watching;
}

await install();
const [command, ...rest] = process.argv.slice(2);
const testing = command === 'test';
const script = testing
  ? path.join('tests', 'support', 'run.ts')
  : path.join('supabase', 'local', 'start', 'main.ts');
const binary = node();
process.exitCode = await run(
  binary,
  ['--disable-warning=ExperimentalWarning', script, ...(testing ? rest : process.argv.slice(2))],
  // The channel tells the other side when this process is gone, however it went.
  { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] },
  environment(binary),
);
