import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { root } from '../paths.ts';
import { tool } from './tool.ts';

/**
 * Bundles the Worker into `<folder>/worker/app.js`, exactly as `wrangler deploy` would, and writes `<folder>/options.json`:
 * what wrangler makes of `wrangler.toml` (bindings, Durable Objects, static files), for the host that runs it.
 *
 * Not `wrangler dev`: its build step would run the whole build for every edit, and between browser and Worker it puts
 * a proxy, a second workerd, that hides how sockets really end.
 */
export async function bundleWorker(folder: string, signal?: AbortSignal): Promise<void> {
  await mkdir(folder, { recursive: true });
  const config = await readWrangler();
  const configFile = path.join(folder, 'wrangler.bundle.json');
  await writeFile(configFile, JSON.stringify(config.bundle));
  await rm(path.join(folder, 'worker'), { recursive: true, force: true });
  await tool(
    'wrangler',
    'wrangler',
    ['deploy', '--dry-run', '--config', configFile, '--outdir', path.join(folder, 'worker')],
    signal,
  );
  await writeFile(path.join(folder, 'options.json'), JSON.stringify(config.options));
}

async function readWrangler() {
  const file = path.join(root, 'wrangler.toml');
  // wrangler wants a local database here; the host puts in the real one.
  process.env.CLOUDFLARE_HYPERDRIVE_LOCAL_CONNECTION_STRING_HYPERDRIVE ??= 'postgres://u:p@127.0.0.1:1/none';
  process.env.WRANGLER_LOG ??= 'warn';
  const wrangler = await import('wrangler');
  const { name, main, compatibility_date, compatibility_flags, define } = wrangler.unstable_readConfig({
    config: file,
  });
  const { workerOptions } = wrangler.unstable_getMiniflareWorkerOptions(file);
  // Rules for modules are the bundler's business, and the root is wherever the built site lies.
  const { modulesRules: _rules, rootPath: _root, ...options } = workerOptions;
  return {
    options: { ...options, name },
    bundle: { name, main, compatibility_date, compatibility_flags, define },
  };
}
