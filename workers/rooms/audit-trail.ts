import { v7 as uuidv7 } from 'uuid';
import { type AuditActor, type AuditEntry, auditEntrySchema } from '../../app/protocol/audit.ts';
import type { Person } from '../auth/person.ts';
import { errorName, log } from '../log.ts';
import type { AlarmScheduler } from './alarm-scheduler.ts';
import { backoffMs } from './outbox.ts';
import type { RoomAlarm } from './room-storage.ts';

/** What became of entries handed over: written, but for those that Postgres will never take. */
export type AuditOutcome = { ok: true; refused: string[] } | { ok: false };

export interface AuditTrailDeps {
  sql: SqlStorage;
  /** Whether there is something to begin with. */
  owes: boolean;
  alarms: AlarmScheduler<RoomAlarm>;
  /** Hands entries to this room's lane. May throw: then nobody answered. */
  record(conversationId: string, entries: AuditEntry[]): Promise<AuditOutcome>;
  now(): number;
  random(): number;
  backoffMaxMs: number;
}

/** Nothing waits for these, and what happens together goes together. */
const DELAY_MS = 1_000;
/** Entries in one call. */
const BATCH = 200;
const NAME_LENGTH = 80;
const DAY_MS = 24 * 3_600_000;

/** Somebody whom nobody stands behind: a change made in the database itself. */
export const SYSTEM_ACTOR: AuditActor = { id: null, role: 'system', name: null, from: null };

/** @param from the network they came from, as `networkOf` gives it */
export function actorOf(
  person: Pick<Person, 'id' | 'role' | 'name' | 'isAdmin'>,
  from: string | null,
): AuditActor {
  const role = person.role === 'visitor' ? 'visitor' : person.isAdmin ? 'admin' : 'agent';
  return { id: person.id, role, name: person.name && shortName(person.name), from };
}

type Note = Pick<AuditEntry, 'action' | 'actor'> & {
  conversationId: string;
  agent?: { id: string; name: string } | null;
};

/**
 * Who did what in this room, kept here until Postgres has it. Written in the same synchronous block as what was done,
 * so neither is ever there without the other. Nothing of it is on a message's way.
 */
export class AuditTrail {
  readonly #deps: AuditTrailDeps;
  #delivering: Promise<void> | null = null;
  #owes: boolean;

  constructor(deps: AuditTrailDeps) {
    this.#deps = deps;
    this.#owes = deps.owes;
  }

  static createTables(sql: SqlStorage): void {
    sql.exec(
      'create table if not exists audit (id text primary key, entry text not null, tries integer not null default 0) without rowid',
    );
    sql.exec(
      'create table if not exists opened (agent text primary key, day integer not null) without rowid',
    );
  }

  /** Call in the same synchronous block as what was done. */
  note({ agent = null, ...note }: Note): void {
    const { sql, alarms, now } = this.#deps;
    const at = now();
    const entry: AuditEntry = {
      id: uuidv7({ msecs: at }),
      at: new Date(at).toISOString(),
      agent: agent && { id: agent.id, name: shortName(agent.name) },
      change: null,
      ...note,
    };
    sql.exec('insert into audit (id, entry) values (?, ?)', entry.id, JSON.stringify(entry));
    this.#owes = true;
    alarms.ensure('audit', at + DELAY_MS);
  }

  /** An agent looks into the conversation: noted once a day (UTC), not for every socket and page. */
  opened(conversationId: string, actor: AuditActor): void {
    const { sql, now } = this.#deps;
    if (actor.id === null || actor.role === 'visitor') return;
    const day = Math.floor(now() / DAY_MS);
    const noted = sql.exec('select 1 from opened where agent = ? and day = ?', actor.id, day).toArray();
    if (noted.length > 0) return;
    sql.exec('insert or replace into opened (agent, day) values (?, ?)', actor.id, day);
    this.note({ action: 'opened', actor, conversationId });
  }

  /** Whether Postgres lacks something. */
  owes(): boolean {
    return this.#owes;
  }

  /** Hands over what is noted until nothing is left or nobody answers; then an alarm tries again. Never throws. */
  deliver(): Promise<void> {
    this.#delivering ??= this.#deliver()
      .catch((error: unknown) => log({ event: 'room_call_failed', method: 'audit', name: errorName(error) }))
      .finally(() => {
        this.#delivering = null;
      });
    return this.#delivering;
  }

  async #deliver(): Promise<void> {
    const { sql, alarms, record, now, random, backoffMaxMs } = this.#deps;
    for (;;) {
      const rows = sql
        .exec<{ id: string; entry: string; tries: number }>(
          'select id, entry, tries from audit order by id limit ?',
          BATCH,
        )
        .toArray();
      const [oldest] = rows;
      this.#owes = oldest !== undefined;
      if (!oldest) return;
      const entries = rows.map(({ entry }) => auditEntrySchema.parse(JSON.parse(entry)));
      const outcome = await record(entries[0]?.conversationId ?? '', entries).catch(
        (): AuditOutcome => ({ ok: false }),
      );
      if (!outcome.ok) {
        sql.exec('update audit set tries = tries + 1 where id = ?', oldest.id);
        return alarms.set('audit', now() + backoffMs(oldest.tries + 1, random(), backoffMaxMs));
      }
      for (const id of outcome.refused) log({ event: 'audit_refused', entry: id });
      for (const { id } of rows) sql.exec('delete from audit where id = ?', id);
    }
  }
}

function shortName(name: string): string {
  return [...name.trim()].slice(0, NAME_LENGTH).join('');
}
