import { randomUUID } from 'node:crypto';
import path from 'node:path';
import postgres from 'postgres';
import { migrate } from '../../supabase/local/migrate.ts';
import { preparePlatform } from '../../supabase/local/platform.ts';
import { type Connection, connect } from '../../workers/testing/postgres.ts';

const migrations = path.resolve(import.meta.dirname, '../../supabase/migrations');

export interface OwnDatabase {
  /** A connection of the ordinary owner: the one that ran the migrations. One only, so that temporary things stay. */
  sql: Connection;
  /** As another of this database's connections. */
  url: string;
  drop(): Promise<void>;
}

/**
 * A database of one's own in a running cluster: platform and migrations, and nothing of anybody else's in it.
 *
 * @param adminUrl the superuser's connection to any database of the cluster
 * @param ownerUrl the ordinary owner's
 */
export async function ownDatabase(adminUrl: string, ownerUrl: string): Promise<OwnDatabase> {
  const name = `access_${randomUUID().slice(0, 8)}`;
  const admin = postgres(adminUrl, { max: 1, onnotice: () => {}, fetch_types: false });
  await admin.unsafe(`create database ${name} owner postgres`);
  const drop = async () => {
    await admin.unsafe(`drop database if exists ${name} with (force)`);
    await admin.end();
  };
  try {
    const url = inDatabase(ownerUrl, name);
    await preparePlatform(inDatabase(adminUrl, name));
    await migrate(url, migrations);
    const sql = connect(url, 1);
    return {
      sql,
      url,
      drop: async () => {
        await sql.end();
        await drop();
      },
    };
  } catch (error) {
    await drop();
    throw error;
  }
}

function inDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}
