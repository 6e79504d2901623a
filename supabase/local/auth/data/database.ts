import postgres from 'postgres';
import { AuthError, CommitThenFail } from '../http/errors.ts';

export type Sql = postgres.Sql;
export type Tx = postgres.TransactionSql;

/**
 * Connections as GoTrue has them on a hosted project: role `supabase_auth_admin`, search path `auth`. A trigger on
 * `auth.users` that works only with more power or another path fails here too.
 * Postgres may go away and come back: the next query after its return connects anew.
 */
export function openDatabase(adminUrl: string): Sql {
  return postgres(adminUrl, {
    max: 10,
    idle_timeout: 60,
    connect_timeout: 5,
    // The default waits up to 20 s longer after each failure, long after Postgres has returned.
    backoff: () => 0.1,
    fetch_types: false,
    onnotice: () => {},
    connection: { role: 'supabase_auth_admin', search_path: 'auth', application_name: 'auth-stand-in' },
  });
}

/** A transaction that `CommitThenFail` ends with a commit and then its answer; anything else thrown rolls back. */
export async function transaction<T>(sql: Sql, work: (tx: Tx) => Promise<T>): Promise<T> {
  const result = await sql.begin(async (tx) => {
    try {
      return { value: await work(tx) };
    } catch (error) {
      if (error instanceof CommitThenFail) return { failure: error.answer };
      throw error;
    }
  });
  if ('failure' in result && result.failure instanceof AuthError) throw result.failure;
  return (result as { value: T }).value;
}
