import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { vi } from 'vitest';
import { laneOf } from '../objects.ts';

/** Alarms at will, and everything that may go wrong, for tests inside workerd. */

/** The alarms an object has set itself: name → when, milliseconds since the epoch. */
export async function alarmsOf(object: DurableObjectStub): Promise<Record<string, number>> {
  return runInDurableObject(object, (_, { storage }) =>
    Object.fromEntries(
      storage.sql
        .exec<{ name: string; at: number }>('select name, at from alarms')
        .toArray()
        .map(({ name, at }) => [name, at]),
    ),
  );
}

/** Lets the time of everything that is set come, and runs the alarm. */
export async function fireAlarm(object: DurableObjectStub): Promise<boolean> {
  await runInDurableObject(object, async (_, { storage }) => {
    storage.sql.exec('update alarms set at = 0');
    // Far enough that it doesn't fire by itself meanwhile.
    await storage.setAlarm(Date.now() + 60_000);
  });
  return runDurableObjectAlarm(object);
}

const faulty = new Set<DurableObjectStub>();

/** Gives every object the real Store again. Lanes are shared: call it after each test that used a fault. */
export async function restoreStores(): Promise<void> {
  const objects = [...faulty];
  faulty.clear();
  await Promise.all(objects.map((object) => evictDurableObject(object)));
}

/** Gives the live object another Store, until it is evicted. What it doesn't answer, the real one does. */
export async function withStore(
  object: DurableObjectStub,
  store: Partial<Record<string, unknown>>,
): Promise<void> {
  faulty.add(object);
  await runInDurableObject(object, (instance) => {
    const own = instance as unknown as { env: Env };
    const real = own.env.STORE;
    own.env = {
      ...own.env,
      STORE: new Proxy(real, {
        get: (_, method) => {
          if (typeof method === 'string' && method in store) return store[method];
          return (...values: unknown[]) =>
            (real as unknown as Record<string | symbol, (...values: unknown[]) => unknown>)[method]?.(
              ...values,
            );
        },
      }),
    };
  });
}

/** The lane of a conversation with another `ingestMany`. */
export async function withIngest(
  conversationId: string,
  ingestMany: (parts: unknown[]) => unknown,
): Promise<void> {
  const lane = laneOf(env, conversationId);
  await withStore(lane, ingestingBy(ingestMany));
  await lane.hangUp();
}

/** A Store of which a lane gets this line. */
export function ingestingBy(ingestMany: (parts: unknown[]) => unknown): Partial<Record<string, unknown>> {
  return { ingestLine: async () => ({ ingestMany, [Symbol.dispose]: () => {} }) };
}

/** Postgres away, as a Store says it. */
export const away = async () => ({ ok: false, code: 'unavailable' }) as const;

/** What has been written to the Worker's log since, one entry a line; nothing is printed meanwhile. */
export function quietLog(): { entries(): Record<string, unknown>[]; text(): string } {
  const printed = vi.spyOn(console, 'log').mockImplementation(() => {});
  const lines = () => printed.mock.calls.map(([line]) => String(line));
  return {
    entries: () => lines().map((line) => JSON.parse(line) as Record<string, unknown>),
    text: () => lines().join('\n'),
  };
}

/** Changes what an object has stored, behind its back: it wakes with it. Its sockets hibernate meanwhile, or close. */
export async function rewrite(
  object: DurableObjectStub,
  change: (storage: DurableObjectStorage) => unknown,
  webSockets: 'hibernate' | 'close' = 'hibernate',
): Promise<void> {
  // Without its timers first, or they would write again what memory holds.
  await evictDurableObject(object, { webSockets });
  await runInDurableObject(object, async (_, { storage }) => void (await change(storage)));
  await evictDurableObject(object);
}

/** An object that has lost everything it had stored; its sockets are gone with it. */
export async function wipe(object: DurableObjectStub): Promise<void> {
  await rewrite(object, empty, 'close');
}

async function empty(storage: DurableObjectStorage): Promise<void> {
  const tables = storage.sql
    .exec<{ name: string }>("select name from sqlite_master where type = 'table' and name not glob '_cf_*'")
    .toArray();
  for (const { name } of tables) storage.sql.exec(`delete from "${name}"`);
  await storage.deleteAlarm();
}
