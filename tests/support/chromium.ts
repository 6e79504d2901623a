import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/**
 * The headless shell first: the same engine without a browser's own windows around it, and the journeys take half as
 * long (keyboard and policies 58 s instead of 117 s).
 */
const commands = [
  'chromium-headless-shell',
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'microsoft-edge',
];

/** Where an installed browser is when no command names it. */
function knownPlaces(env: NodeJS.ProcessEnv): string[] {
  if (process.platform === 'darwin') {
    return ['Google Chrome', 'Chromium', 'Microsoft Edge', 'Brave Browser'].flatMap((name) =>
      ['/Applications', path.join(env.HOME ?? '/', 'Applications')].map((folder) =>
        path.join(folder, `${name}.app`, 'Contents', 'MacOS', name),
      ),
    );
  }
  if (process.platform === 'win32') {
    const folders = [env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA].filter(
      (one) => one !== undefined,
    );
    return folders.flatMap((folder) => [
      path.join(folder, 'Google', 'Chrome', 'Application', 'chrome.exe'),
      path.join(folder, 'Chromium', 'Application', 'chrome.exe'),
      path.join(folder, 'Microsoft', 'Edge', 'Application', 'msedge.exe'),
    ]);
  }
  return ['/snap/bin/chromium', '/usr/lib/chromium/chromium', '/opt/google/chrome/chrome'];
}

/** Path of a Chromium on this machine; CHROMIUM_PATH has the first word. null when there is none. */
export async function findChromium(env: NodeJS.ProcessEnv = process.env): Promise<string | null> {
  const folders = (env.PATH ?? '').split(path.delimiter).filter(Boolean);
  const onPath = commands.flatMap((command) => folders.map((folder) => path.join(folder, command)));
  if (env.CHROMIUM_PATH) {
    if (await executable(env.CHROMIUM_PATH)) return env.CHROMIUM_PATH;
    throw new Error(`CHROMIUM_PATH is ${env.CHROMIUM_PATH}, and there is no program there.`);
  }
  for (const place of [...onPath, ...knownPlaces(env)]) {
    if (await executable(place)) return place;
  }
  return null;
}

/**
 * Path of a Chromium, installed by the system's package manager when there is none and it may be (root, with apt-get).
 * Throws one sentence that says what to do.
 */
export async function ensureChromium(log: (line: string) => void = () => {}): Promise<string> {
  const found = await findChromium();
  if (found) return found;
  const may = process.platform === 'linux' && process.getuid?.() === 0 && (await hasAptGet());
  if (may) {
    log('installing Chromium with apt-get, which takes a minute …');
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const apt = (...args: string[]) => execute('apt-get', args, { env, maxBuffer: 1 << 26 });
    await apt('update', '-qq').catch((error) => log(String(error)));
    // Not every Debian and Ubuntu has the shell by itself.
    for (const name of ['chromium-headless-shell', 'chromium']) {
      await apt('install', '-y', '-qq', '--no-install-recommends', name).catch((error) => log(String(error)));
      const installed = await findChromium();
      if (installed) return installed;
    }
  }
  throw new Error(
    'The browser tests need Chromium or Chrome: install one (Debian: "apt-get install chromium", macOS: "brew install --cask chromium", ' +
      'Windows: "winget install Google.Chrome") or name one with CHROMIUM_PATH.',
  );
}

async function executable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

async function hasAptGet(): Promise<boolean> {
  return execute('apt-get', ['--version']).then(
    () => true,
    () => false,
  );
}
