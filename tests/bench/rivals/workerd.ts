import { readFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import path from 'node:path';
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare';
import { freePort } from '../../../supabase/local/ports.ts';
import type { Dialect } from '../harness/dialects.ts';
import { workerds } from '../harness/processes.ts';

export type WorkerRival = 'echo' | 'relay' | 'naive-room';

export interface Rival {
  wsUrl: string;
  /** How it is spoken to; default: as ours. */
  dialect?: Dialect;
  /** Where below `wsUrl` a room is; default: its name. */
  path?: (room: string) => string;
  /** Its workerd's process id, where it has one. */
  pid?: number;
  stop(): Promise<void>;
}

const folder = path.join(import.meta.dirname, 'workers');

/** Runs a rival's Worker in a workerd of its own, with the same compatibility as ours and its objects on `persistTo`. */
export async function startWorkerRival(
  name: WorkerRival,
  persistTo: string,
  compatibilityDate: string,
): Promise<Rival> {
  const port = await freePort(0);
  const others = new Set(workerds());
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: '127.0.0.1',
      port,
      cf: false,
      telemetry: { enabled: false },
      logRequests: false,
      log: new Log(LogLevel.ERROR),
      resourcePersistencePath: persistTo,
      workers: [
        {
          name,
          compatibilityDate,
          compatibilityFlags: ['nodejs_compat', 'no_web_socket_compression'],
          modulesRoot: folder,
          modules: await Promise.all([`${name}.ts`, 'room-fetch.ts'].map(moduleOf)),
          durableObjects: { ROOM: { className: 'Room', useSQLite: true } },
        },
      ],
    } as Parameters<typeof convertV4MiniflareOptions>[0]),
  );
  await miniflare.ready;
  const pid = workerds().find((id) => !others.has(id));
  return {
    wsUrl: `ws://127.0.0.1:${port}`,
    ...(pid === undefined ? {} : { pid }),
    stop: () => miniflare.dispose(),
    dialect: name === 'echo' ? 'echo' : 'room',
  };
}

async function moduleOf(file: string) {
  const source = path.join(folder, file);
  const contents = stripTypeScriptTypes(await readFile(source, 'utf8'));
  return { type: 'ESModule' as const, path: source, contents };
}
