import postgres from 'postgres';
import { AuthError, CommitThenFail } from '../http/errors.ts';
import { Connection } from './connection.ts';

/** A connection to ask with; in a transaction, the transaction's. */
export type Sql = postgres.Sql;

const MAX_CONNECTIONS = 10;

/**
 * A few connections, each borrowed by one piece of work at a time.
 *
 * Not postgres.js' own pool: in 3.4.9 a transaction whose connection dies writes its rollback to a socket that is
 * gone, which throws outside of any promise and ends the process (porsager/postgres#1154, #1208). So each of ours is a
 * pool of one, refuses every statement once it is closed, and is then thrown away.
 */
export class Database {
  readonly #url: string;
  readonly #idle: Connection[] = [];
  readonly #waiting: (() => void)[] = [];
  #open = 0;
  #closing = false;

  constructor(adminUrl: string) {
    this.#url = adminUrl;
  }

  /** Runs statements, each for itself. */
  async run<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    const connection = await this.#borrow();
    try {
      return await work(connection.sql);
    } catch (error) {
      // Not an answer of Postgres or ours: nobody knows what state the connection is in.
      if (!isAnswer(error)) connection.closed = true;
      throw error;
    } finally {
      this.#giveBack(connection);
    }
  }

  /** A transaction. `CommitThenFail` ends it with a commit and then its answer; anything else thrown rolls back. */
  async transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    return this.run(async (sql) => {
      await sql`begin`;
      try {
        const value = await work(sql);
        await sql`commit`;
        return value;
      } catch (error) {
        if (error instanceof CommitThenFail) {
          await sql`commit`;
          throw error.answer;
        }
        // Without a connection there is nothing to roll back: Postgres has done it.
        if (isAnswer(error)) await sql`rollback`;
        throw error;
      }
    });
  }

  /** Closes what is idle; what is in use closes when it is given back. */
  async close(): Promise<void> {
    this.#closing = true;
    await Promise.all(this.#idle.splice(0).map((connection) => this.#discard(connection)));
  }

  /** After `close()`: keeps connections again. */
  reopen(): void {
    this.#closing = false;
  }

  async #borrow(): Promise<Connection> {
    for (;;) {
      const connection = this.#idle.pop();
      if (connection?.closed === false) return connection;
      if (connection) void this.#discard(connection);
      else if (this.#open < MAX_CONNECTIONS) {
        this.#open++;
        return new Connection(this.#url);
      } else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #giveBack(connection: Connection): void {
    if (connection.closed || this.#closing) void this.#discard(connection);
    else this.#idle.push(connection);
    this.#waiting.shift()?.();
  }

  async #discard(connection: Connection): Promise<void> {
    this.#open--;
    await connection.end();
  }
}

function isAnswer(error: unknown): boolean {
  return error instanceof postgres.PostgresError || error instanceof AuthError;
}
