import { Buffer } from 'node:buffer';
import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import * as schema from '../../drizzle/schema/index.ts';
import type { Claims } from '../auth/person.ts';

export type Transaction = Parameters<Parameters<PostgresJsDatabase<typeof schema>['transaction']>[0]>[0];

/** As whom a transaction runs. Every method of `Store` names one. */
export type Role =
  /** On a person's behalf: the policies decide what is seen. */
  | { as: 'authenticated'; claims: Pick<Claims, 'sub' | 'isAnonymous'> }
  /** The rooms: may execute the functions granted to `chat_room`, nothing else. */
  | { as: 'chat_room' }
  /** Administration, the lobby and the cron. */
  | { as: 'service_role' };

/** Longest a statement may take, milliseconds. A slower one is given up and tried again by whoever asked. */
const STATEMENT_TIMEOUT_MS = 15_000;
const CONNECT_TIMEOUT_SECONDS = 10;
const TOO_MANY_CONNECTIONS = '53300';
const CONNECT_ATTEMPTS = 6;

/**
 * A connection of one invocation's own, opened by its first transaction. It is not ended by hand: it dies with the
 * invocation, and `end()` on workerd raises after the fact.
 */
export class Connection {
  readonly #connectionString: string;
  #client: postgres.Sql | null = null;

  constructor(connectionString: string) {
    this.#connectionString = connectionString;
  }

  /**
   * Runs `work` in one transaction as `role`. After one that failed, the next begins on a new connection.
   *
   * @throws whatever Postgres or the network says; `Store` turns it into a code.
   */
  async transaction<T>(role: Role, work: (tx: Transaction) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      this.#client ??= connect(this.#connectionString);
      try {
        return await drizzle(enteringAs(role, this.#client), { schema }).transaction(work);
      } catch (error) {
        this.#client = null;
        // Refused before anything ran, so it is safe to knock again. Hyperdrive queues instead.
        if (sqlstateOf(error) !== TOO_MANY_CONNECTIONS || attempt === CONNECT_ATTEMPTS) throw error;
        await new Promise((resolve) => setTimeout(resolve, 2 ** attempt * 20 * (0.5 + Math.random())));
      }
    }
  }
}

/** The SQLSTATE of a failure, however deeply Drizzle wrapped it; null where Postgres gave none. */
export function sqlstateOf(error: unknown): string | null {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth++) {
    if ('code' in cause && typeof cause.code === 'string' && /^[0-9A-Z]{5}$/u.test(cause.code))
      return cause.code;
  }
  return null;
}

/** Whether Postgres could not make sense of a value (SQLSTATE class 22): trying again would end the same. */
export function isDataException(error: unknown): boolean {
  return sqlstateOf(error)?.startsWith('22') === true;
}

function connect(connectionString: string): postgres.Sql {
  return postgres(connectionString, {
    max: 1,
    fetch_types: false,
    prepare: true,
    connect_timeout: CONNECT_TIMEOUT_SECONDS,
    onnotice: () => {},
  });
}

/**
 * A client whose transactions begin as `role`. That is said on the connection before `work` gets to say anything, but not
 * waited for: a Worker may be far from Postgres, and each wait is a round trip. Should it fail, so does the transaction.
 */
function enteringAs(role: Role, client: postgres.Sql): postgres.Sql {
  const begin = (work: (tx: postgres.TransactionSql) => Promise<unknown>) =>
    client.begin((tx) => {
      void tx.unsafe(entry(role)).simple().execute();
      return work(tx);
    });
  return Object.assign(Object.create(client) as postgres.Sql, { begin });
}

/** Parameters would cost a round trip of their own, to learn their types; in hexadecimal nothing of the claims is SQL. */
function entry(role: Role): string {
  const claims = Buffer.from(claimsJson(role)).toString('hex');
  return `select set_config('role', '${role.as}', true),
    set_config('request.jwt.claims', convert_from(decode('${claims}', 'hex'), 'UTF8'), true),
    set_config('statement_timeout', '${STATEMENT_TIMEOUT_MS}', true)`;
}

function claimsJson(role: Role): string {
  if (role.as !== 'authenticated') return JSON.stringify({ role: role.as });
  return JSON.stringify({
    sub: role.claims.sub,
    role: 'authenticated',
    is_anonymous: role.claims.isAnonymous,
  });
}
