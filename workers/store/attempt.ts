import { errorName, log } from '../log.ts';
import type { Result } from '../result.ts';
import { type Connection, type Role, sqlstateOf, type Transaction } from './database.ts';

/** `gone`: the account or conversation is not there. `unavailable`: Postgres did not answer; try again. */
export type StoreCode = 'unavailable' | 'gone';

const FOREIGN_KEY_VIOLATION = '23503';

/** Longer than a statement may take. A connection that dies within a transaction may otherwise never be heard of. */
const TIMEOUT_MS = 20_000;

/**
 * One transaction as `role`; whatever goes wrong becomes a code, and the log learns no more than the SQLSTATE.
 *
 * @param method what the log calls it
 * @param work returns what was found, or a no of its own
 */
export async function attempt<Value extends object, Code extends string>(
  method: string,
  connection: Connection,
  role: Role,
  work: (tx: Transaction) => Promise<Value | Code | StoreCode>,
): Promise<Result<Value, Code | StoreCode>> {
  try {
    const value = await inTime(connection.transaction(role, work));
    return typeof value === 'string' ? { ok: false, code: value } : { ok: true, ...value };
  } catch (error) {
    const sqlstate = sqlstateOf(error);
    // The one row that another system may remove under our feet: the account.
    if (sqlstate === FOREIGN_KEY_VIOLATION) return { ok: false, code: 'gone' };
    log({ event: 'store_failed', method, sqlstate, name: errorName(error) });
    return { ok: false, code: 'unavailable' };
  }
}

/** @throws Error when `work` takes too long; what it did is then unknown, and every caller's retry is idempotent */
async function inTime<Value>(work: Promise<Value>): Promise<Value> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('timed out')), TIMEOUT_MS);
  });
  return Promise.race([work, timeout]).finally(() => clearTimeout(timer));
}
