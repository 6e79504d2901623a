import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { cacheDir, root } from '../paths.ts';
import { inTurn } from '../turn.ts';
import { bundleWorker } from './bundle.ts';
import { digest, type Inputs } from './inputs.ts';
import { tool } from './tool.ts';

const out = path.join(root, 'build');
// Stamps and the bundle lie apart from `build/`, which Remix deletes at every build.
const stampFile = path.join(cacheDir, 'stamps.json');
const lockFile = path.join(cacheDir, 'build.lock');
const widgetConfig = 'app/widget/vite.config.ts';

type Part = 'pages' | 'widget' | 'worker';

const common = ['package-lock.json', 'tsconfig.json', 'public'];
const inputs: Record<Part, Inputs> = {
  // The API's routes are built from the Worker's own parts; of the rooms they take types and names.
  pages: {
    paths: ['app', 'drizzle', 'workers', 'workers/rooms/names.ts', 'vite.config.ts', ...common],
    except: ['app/widget', 'workers/rooms', 'workers/cron', 'workers/testing'],
  },
  widget: {
    paths: ['app', ...common],
    except: ['routes', 'desk', 'site', 'services', 'root.tsx', 'entry.client.tsx', 'entry.server.tsx'].map(
      (name) => `app/${name}`,
    ),
  },
  worker: { paths: ['workers', 'app', 'drizzle', 'wrangler.toml', ...common], except: ['app/widget'] },
};

export interface BuildOptions {
  /** Told the name of each part as it begins. */
  log?: (part: string) => void;
  signal?: AbortSignal;
}

/**
 * Brings the build up to date: Remix's pages, the widget (which goes among the pages' static files) and the Worker's
 * bundle. Parts whose inputs have not changed are left alone.
 * Returns the digest of everything it is made of, and which parts were built.
 * Throws with the tool's words when one fails.
 */
export async function buildSite(options: BuildOptions = {}): Promise<{ version: string; built: Part[] }> {
  return inTurn(lockFile, () => build(options), options.signal);
}

/**
 * Copies what `buildSite` made to `folder`, for a Worker to run from: the next build empties `build/` long before it
 * knows whether it succeeds.
 */
export async function copySite(folder: string, signal?: AbortSignal): Promise<void> {
  await inTurn(
    lockFile,
    async () => {
      await rm(folder, { recursive: true, force: true });
      await mkdir(folder, { recursive: true });
      await cp(path.join(out, 'client'), path.join(folder, 'client'), { recursive: true });
      await cp(path.join(cacheDir, 'worker'), path.join(folder, 'worker'), { recursive: true });
      await cp(path.join(cacheDir, 'options.json'), path.join(folder, 'options.json'));
    },
    signal,
  );
}

async function build({ log = () => {}, signal }: BuildOptions): Promise<{ version: string; built: Part[] }> {
  const [pages, widget, worker] = await Promise.all([
    digest(inputs.pages),
    digest(inputs.widget),
    digest(inputs.worker),
  ]);
  const stamps = await readStamps();
  const built: Part[] = [];
  const part = async (name: Part, stamp: string, work: () => Promise<void>) => {
    delete stamps[name];
    await writeStamps(stamps);
    log(name);
    await work();
    stamps[name] = stamp;
    await writeStamps(stamps);
    built.push(name);
  };
  if (stamps.pages !== pages || !(await exists('build/server/index.js'))) {
    await part('pages', pages, async () => {
      await tool('@remix-run/dev', 'remix', ['vite:build'], signal);
      // Remix has deleted build/, the widget in it included.
      await restoreWidget().catch(() => {
        delete stamps.widget;
      });
    });
  }
  if (stamps.widget !== widget && (await exists(widgetConfig))) {
    await part('widget', widget, async () => {
      await tool('vite', 'vite', ['build', '--config', widgetConfig], signal);
      await saveWidget();
    });
  }
  const bundle = `${worker} ${pages}`;
  if (stamps.worker !== bundle) await part('worker', bundle, () => bundleWorker(cacheDir, signal));
  return { version: [pages, widget, worker].join(' '), built };
}

/** What the widget's build writes into `build/client`. */
const widgetFiles = ['widget.js', 'widget'];
const savedWidget = path.join(cacheDir, 'widget');

async function saveWidget(): Promise<void> {
  await rm(savedWidget, { recursive: true, force: true });
  for (const name of widgetFiles) {
    await cp(path.join(out, 'client', name), path.join(savedWidget, name), { recursive: true });
  }
}

async function restoreWidget(): Promise<void> {
  await cp(savedWidget, path.join(out, 'client'), { recursive: true });
}

async function readStamps(): Promise<Partial<Record<Part, string>>> {
  try {
    return JSON.parse(await readFile(stampFile, 'utf8')) as Partial<Record<Part, string>>;
  } catch {
    return {};
  }
}

async function writeStamps(stamps: Partial<Record<Part, string>>): Promise<void> {
  await writeFile(stampFile, JSON.stringify(stamps));
}

async function exists(name: string): Promise<boolean> {
  return readFile(path.join(root, name)).then(
    () => true,
    () => false,
  );
}
