import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'vite';
import { root } from '../../support/project-root.ts';
import { temporaryFolder } from '../../support/shared.ts';
import { siteFolder } from '../../support/site.ts';

/**
 * Makes a copy of the built site whose Worker is the product's bundle inside `worker/entry.ts`.
 *
 * @returns its folder, and how to delete it
 */
export async function faultySite(): Promise<{ folder: string; remove(): Promise<void> }> {
  const folder = await temporaryFolder('faulty-site');
  await cp(await siteFolder(), folder, { recursive: true });
  const product = path.join(folder, 'product.js');
  await cp(path.join(folder, 'worker', 'app.js'), product);
  await rm(path.join(folder, 'worker'), { recursive: true });
  await build({
    configFile: false,
    root,
    logLevel: 'error',
    ssr: { target: 'webworker', noExternal: true },
    plugins: [
      {
        name: 'the-deployed-bundle',
        enforce: 'pre',
        resolveId: (id) => (id.endsWith('/workers/app.ts') ? product : null),
      },
    ],
    build: {
      ssr: path.join(root, 'tests/faults/worker/entry.ts'),
      outDir: path.join(folder, 'worker'),
      emptyOutDir: false,
      copyPublicDir: false,
      minify: false,
      target: 'esnext',
      rollupOptions: {
        external: [/^cloudflare:/u, /^node:/u, 'workerd:unsafe'],
        output: { entryFileNames: 'app.js', inlineDynamicImports: true },
      },
    },
  });
  const file = path.join(folder, 'options.json');
  const options = JSON.parse(await readFile(file, 'utf8')) as { compatibilityFlags: string[] };
  options.compatibilityFlags.push('unsafe_module');
  await writeFile(file, JSON.stringify(options));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}
