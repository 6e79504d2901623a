import { systemEventSchema } from '../../app/protocol/model.ts';
import type { IngestPart, LogRow } from './records.ts';

type SqlRow = {
  seq: number;
  id: string;
  sender_id: string;
  sender_role: string;
  sender_name: string;
  client_id: string;
  kind: string;
  text: string | null;
  event: string | null;
  at: number;
};

const INSERT = `insert into log (seq, id, sender_id, sender_role, sender_name, client_id, kind, text, event, at)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (sender_id, client_id) do nothing`;

/**
 * The keys are those of `private.ingest`. As many rows as 256 KiB of text allow, and one at least: an object's
 * SQLite refuses to make a text of more than two megabytes, and as JSON a character may take six times its bytes.
 */
const PART = `select count(*) as rows, max(seq) as last, json_group_array(json_object(
    'seq', seq, 'id', id, 'senderId', sender_id, 'senderRole', sender_role, 'senderName', sender_name,
    'clientId', client_id, 'kind', kind, 'text', text, 'event', json(event),
    'at', strftime('%Y-%m-%dT%H:%M:%fZ', at / 1000.0, 'unixepoch'))) as messages
  from (
    select *, sum(octet_length(text)) over (order by seq rows unbounded preceding) as bytes
    from (select * from log where seq > ?1 order by seq limit ?2))
  where seq = ?1 + 1 or bytes is null or bytes <= ${256 * 1024}`;

/** A contiguous run of the log. */
export type MessagesPart = Pick<IngestPart, 'rows' | 'lastSeq' | 'messages'>;

/**
 * The conversation's messages in the object's own SQLite: the truth about their order and content. `seq` runs
 * from 1 without a gap. All of it is synchronous, so that what is decided and what is written can't be parted.
 */
export class MessageLog {
  readonly #sql: SqlStorage;
  #head: number;

  /** @param head newest seq, where the caller has read it already */
  constructor(sql: SqlStorage, head?: number) {
    this.#sql = sql;
    if (head === undefined) MessageLog.createTable(sql);
    this.#head = head ?? this.#readHead();
  }

  static createTable(sql: SqlStorage): void {
    sql.exec(`create table if not exists log (
      seq integer primary key, id text not null, sender_id text not null, sender_role text not null,
      sender_name text not null, client_id text not null, kind text not null, text text, event text,
      at integer not null, unique (sender_id, client_id))`);
  }

  /** Newest seq; 0 when nothing has been said. */
  get head(): number {
    return this.#head;
  }

  /**
   * Appends at `head + 1`, whole or not at all.
   *
   * @returns null when this sender has used this client id before: the index that keeps them apart is asked by the
   *   insert itself, since nearly every message is a new one
   * @throws when SQLite refuses the row; the head then stays where it was
   */
  append(row: Omit<LogRow, 'seq'>): LogRow | null {
    const placed = { ...row, seq: this.#head + 1 };
    try {
      if (!this.#insert(placed)) return null;
    } catch (error) {
      // Whatever it was that failed: a row that nobody is told of must not be there.
      this.#sql.exec('delete from log where seq = ?', placed.seq);
      throw error;
    }
    this.#head = placed.seq;
    return placed;
  }

  /** Puts back rows that Postgres held, in their order; for a room that has lost its log. */
  restore(rows: LogRow[]): void {
    for (const row of rows) {
      if (row.seq !== this.#head + 1) throw new Error('restored rows are not contiguous');
      if (!this.#insert(row)) throw new Error('a client id stands twice in the restored rows');
      this.#head = row.seq;
    }
  }

  /** What this sender has already sent under this client id. */
  find(senderId: string, clientId: string): LogRow | null {
    return this.#rows('where sender_id = ? and client_id = ?', senderId, clientId)[0] ?? null;
  }

  /** Up to `limit` rows after `seq`, oldest first. */
  after(seq: number, limit: number): LogRow[] {
    return this.#rows('where seq > ? order by seq limit ?', seq, limit);
  }

  /**
   * Up to `limit` rows after `seq` as Postgres takes them, a JSON array in text; null when there are none. SQLite
   * writes it: a backlog of objects made here only to be written as JSON would hold up whoever is talking.
   */
  partAfter(seq: number, limit: number): MessagesPart | null {
    const { rows, last, messages } = this.#sql
      .exec<{ rows: number; last: number | null; messages: string }>(PART, seq, limit)
      .one();
    return last === null ? null : { rows, lastSeq: last, messages };
  }

  /** Up to `limit` rows before `seq`, oldest first. */
  before(seq: number, limit: number): LogRow[] {
    return this.#rows('where seq < ? order by seq desc limit ?', seq, limit).reverse();
  }

  newest(): LogRow | null {
    return this.#head === 0 ? null : (this.#rows('where seq = ?', this.#head)[0] ?? null);
  }

  /** How many of one role's messages come after `seq`. */
  countAfter(seq: number, senderRole: 'visitor' | 'agent'): number {
    if (seq >= this.#head) return 0;
    return Number(
      this.#sql.exec('select count(*) as n from log where seq > ? and sender_role = ?', seq, senderRole).one()
        .n,
    );
  }

  clear(): void {
    this.#sql.exec('delete from log');
    this.#head = 0;
  }

  /** Believes what is stored, after a write was undone. */
  rewind(): void {
    this.#head = this.#readHead();
  }

  #readHead(): number {
    return Number(this.#sql.exec('select coalesce(max(seq), 0) as head from log').one().head);
  }

  /** False when this sender has used this client id before. */
  #insert(row: LogRow): boolean {
    const { rowsWritten } = this.#sql.exec(
      INSERT,
      row.seq,
      row.id,
      row.senderId,
      row.senderRole,
      row.senderName,
      row.clientId,
      row.kind,
      row.text,
      row.event === null ? null : JSON.stringify(row.event),
      row.at,
    );
    return rowsWritten > 0;
  }

  #rows(condition: string, ...bindings: (string | number)[]): LogRow[] {
    const rows = this.#sql.exec<SqlRow>(
      `select seq, id, sender_id, sender_role, sender_name, client_id, kind, text, event, at from log ${condition}`,
      ...bindings,
    );
    return rows.toArray().map(fromSql);
  }
}

function fromSql(row: SqlRow): LogRow {
  return {
    seq: row.seq,
    id: row.id,
    senderId: row.sender_id,
    senderRole: row.sender_role as LogRow['senderRole'],
    senderName: row.sender_name,
    clientId: row.client_id,
    kind: row.kind as LogRow['kind'],
    text: row.text,
    event: row.event === null ? null : systemEventSchema.parse(JSON.parse(row.event)),
    at: row.at,
  };
}
