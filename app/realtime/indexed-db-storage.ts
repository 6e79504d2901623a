import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { OutboxStorage, PendingMessage, StoredMessage } from './types.ts';

interface Schema extends DBSchema {
  outbox: {
    key: number;
    value: PendingMessage & { scope: string; order?: number };
    indexes: { scope: string; id: [string, string] };
  };
}

let database: Promise<IDBPDatabase<Schema>> | null = null;

function open(): Promise<IDBPDatabase<Schema>> {
  database ??= openDB<Schema>('wellchina-chat', 1, {
    upgrade(db) {
      const outbox = db.createObjectStore('outbox', { keyPath: 'order', autoIncrement: true });
      outbox.createIndex('scope', 'scope');
      outbox.createIndex('id', ['scope', 'id'], { unique: true });
    },
    // A newer version in another tab, or the browser took it away: open anew with the next call.
    blocking: forget,
    terminated: forget,
  }).catch((error: unknown) => {
    database = null;
    throw error;
  });
  return database;
}

function forget(): void {
  void database?.then((db) => db.close());
  database = null;
}

/** The outbox in the browser's IndexedDB. Every call rejects where the browser refuses it. */
export const indexedDbStorage: OutboxStorage = {
  async load(scope) {
    // Keys come in order, so the messages do.
    return (await (await open()).getAllFromIndex('outbox', 'scope', scope)) as StoredMessage[];
  },
  async add(scope, message) {
    return await (await open()).add('outbox', { ...message, scope });
  },
  async update(message) {
    const db = await open();
    const transaction = db.transaction('outbox', 'readwrite');
    // Another tab may have settled it meanwhile: an update must never bring it back.
    if ((await transaction.store.get(message.order)) !== undefined) await transaction.store.put(message);
    await transaction.done;
  },
  async remove(scope, id) {
    const db = await open();
    const transaction = db.transaction('outbox', 'readwrite');
    const key = await transaction.store.index('id').getKey([scope, id]);
    if (key !== undefined) await transaction.store.delete(key);
    await transaction.done;
  },
  async forget(personId) {
    const db = await open();
    const transaction = db.transaction('outbox', 'readwrite');
    const scopes = IDBKeyRange.bound(`${personId}/`, `${personId}/\uffff`);
    for (const key of await transaction.store.index('scope').getAllKeys(scopes))
      await transaction.store.delete(key);
    await transaction.done;
  },
};
