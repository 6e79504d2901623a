import { readFile } from 'node:fs/promises';
import postgres from 'postgres';

/**
 * Gives the database what a hosted Supabase project has before any migration (see `platform.sql`). Run at each start:
 * what is there already stays. `adminUrl` is the superuser's connection. Throws Postgres' own errors.
 */
export async function preparePlatform(adminUrl: string): Promise<void> {
  const statements = await readFile(new URL('./platform.sql', import.meta.url), 'utf8');
  const sql = postgres(adminUrl, { max: 1, onnotice: () => {}, fetch_types: false });
  try {
    await sql.begin(async (tx) => {
      await tx`select pg_advisory_xact_lock(hashtext('supabase.local.platform'))`;
      await tx.unsafe(statements);
    });
  } finally {
    await sql.end();
  }
}
