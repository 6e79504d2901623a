import postgres from 'postgres';

/**
 * One connection as GoTrue has it on a hosted project: role `supabase_auth_admin`, search path `auth`. A trigger on
 * `auth.users` that works only with more power or another path fails here too.
 */
export class Connection {
  /** Once closed, or never connected, it refuses every statement: a transaction must not go on, on another one. */
  closed = false;
  readonly sql: postgres.Sql;
  readonly #client: postgres.Sql;

  constructor(adminUrl: string) {
    this.#client = postgres(adminUrl, {
      max: 1,
      idle_timeout: 60,
      connect_timeout: 5,
      fetch_types: false,
      onnotice: () => {},
      onclose: () => {
        this.closed = true;
      },
      connection: { role: 'supabase_auth_admin', search_path: 'auth', application_name: 'auth-stand-in' },
    });
    this.sql = guarded(this.#client, this);
  }

  async end(): Promise<void> {
    this.closed = true;
    await this.#client.end({ timeout: 1 }).catch(() => {});
  }
}

class ConnectionClosed extends Error {
  readonly code = 'CONNECTION_CLOSED';
}

function guarded(client: postgres.Sql, connection: { closed: boolean }): postgres.Sql {
  return new Proxy(client, {
    apply(target, self, args) {
      if (connection.closed) throw new ConnectionClosed('the connection has been closed');
      return Reflect.apply(target, self, args);
    },
  });
}
