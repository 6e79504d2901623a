import { RpcTarget } from 'cloudflare:workers';
import type { Result } from '../result.ts';
import type { IngestOutcome, IngestPart } from '../rooms/records.ts';
import { attempt, type StoreCode } from './attempt.ts';
import { Connection, isDataException } from './database.ts';
import { ingest } from './rooms.ts';

interface Outcomes {
  outcomes: IngestOutcome[];
}

/**
 * What a lane writes through. It lives as long as the lane holds on to it, and its connection with it: greeting
 * Postgres costs more than writing a busy second of messages. Runs as `chat_room`.
 */
export class IngestLine extends RpcTarget {
  readonly #connectionString: string;
  #connection: Connection;

  constructor(connectionString: string) {
    super();
    this.#connectionString = connectionString;
    this.#connection = new Connection(connectionString);
  }

  /**
   * Writes many conversations' parts through; one outcome each, in the order given. A part that can't even be read as
   * JSON (U+0000, a lone surrogate) fails the whole statement before any block of its own could catch it, so then
   * each is written alone: the others must not wait for ever behind one that never gets in.
   */
  async ingestMany(parts: IngestPart[]): Promise<Result<Outcomes, StoreCode>> {
    let unreadable = false;
    const role = { as: 'chat_room' } as const;
    const written = await attempt<Outcomes, never>('ingestMany', this.#connection, role, async (tx) => {
      const outcomes = await ingest(tx, parts).catch((error: unknown) => {
        unreadable = isDataException(error);
        throw error;
      });
      return {
        outcomes: parts.map(
          ({ conversationId }): IngestOutcome =>
            outcomes.get(conversationId) ?? { ok: false, code: 'unavailable' },
        ),
      };
    });
    if (written.ok) return written;
    // It may still be waiting for an answer that won't come.
    this.#connection = new Connection(this.#connectionString);
    if (!unreadable) return written;
    if (parts.length === 1) return { ok: true, outcomes: [{ ok: false, code: 'refused' }] };
    const outcomes: IngestOutcome[] = [];
    for (const part of parts) {
      const alone = await this.ingestMany([part]);
      outcomes.push((alone.ok && alone.outcomes[0]) || { ok: false, code: 'unavailable' });
    }
    return { ok: true, outcomes };
  }
}
