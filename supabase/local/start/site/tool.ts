import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { signalGroup } from '../../processes.ts';
import { cacheDir, root } from '../paths.ts';

/** A tool that ended with an error; the message holds its own last words. */
class ToolFailed extends Error {}

/** No colours in words we print ourselves, no telemetry, no look for a newer wrangler, no logs in the home folder. */
const quiet = {
  NODE_ENV: 'production',
  NO_COLOR: '1',
  FORCE_COLOR: '0',
  WRANGLER_SEND_METRICS: 'false',
  WRANGLER_HIDE_BANNER: 'true',
  WRANGLER_LOG_PATH: path.join(cacheDir, 'wrangler-logs'),
};

/**
 * Runs a command of an installed package (`tool('vite', 'vite', ['build'])`) in the project's root and waits for it.
 * Throws when it fails; when `signal` aborts, the tool and everything it started are ended.
 */
export async function tool(
  packageName: string,
  command: string,
  args: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  signal?.throwIfAborted();
  const script = await binary(packageName, command);
  const child = spawn(process.execPath, [script, ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...quiet },
    detached: process.platform !== 'win32',
  });
  const abort = () => signalGroup(child, 'SIGKILL');
  signal?.addEventListener('abort', abort);
  let words = '';
  const listen = (chunk: Buffer) => {
    words = (words + chunk.toString()).slice(-20_000);
  };
  child.stdout.on('data', listen);
  child.stderr.on('data', listen);
  try {
    await new Promise<void>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => {
        if (signal?.aborted) reject(signal.reason);
        else if (code === 0) resolve();
        else reject(new ToolFailed(`${command} ${args[0] ?? ''} failed:\n${essence(words)}`));
      });
    });
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

/** What a tool said about its failure, without the notes before it and the lists it ends with. */
function essence(words: string): string {
  const [text = ''] = words.split(/\n\s*watchFiles: \[|\n\S* *Logs were written to/);
  const from = Math.max(0, text.search(/^.*Build failed/m));
  return text.slice(from).trim().slice(-4000);
}

async function binary(packageName: string, command: string): Promise<string> {
  const folder = path.join(root, 'node_modules', packageName);
  const { bin } = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8')) as {
    bin: string | Record<string, string>;
  };
  const file = typeof bin === 'string' ? bin : bin[command];
  if (file === undefined) throw new Error(`${packageName} has no command ${command}.`);
  return path.join(folder, file);
}
