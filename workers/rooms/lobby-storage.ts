import type { ConversationSummary } from '../../app/protocol/model.ts';
import type { AgentRecord } from '../store/agents.ts';
import { AlarmScheduler } from './alarm-scheduler.ts';

export type LobbyAlarm = 'presence' | 'roster' | 'reload';

/** What the lobby keeps: its mirror of the queue, the roster, who was online, and which rooms are behind. */
export class LobbyStorage {
  readonly alarms: AlarmScheduler<LobbyAlarm>;
  readonly #sql: SqlStorage;

  constructor(storage: DurableObjectStorage) {
    this.#sql = storage.sql;
    this.#sql.exec('create table if not exists queue (id text primary key, summary text not null)');
    this.#sql.exec('create table if not exists behind (id text primary key, since integer not null)');
    this.#sql.exec('create table if not exists meta (key text primary key, value text not null)');
    this.#sql.exec(
      'create table if not exists entered (agent text, conversation text, at integer not null, primary key (agent, conversation)) without rowid',
    );
    this.#sql.exec(
      'create table if not exists voided (agent text primary key, until integer not null) without rowid',
    );
    this.alarms = new AlarmScheduler<LobbyAlarm>(storage);
  }

  conversations(): ConversationSummary[] {
    return this.#sql
      .exec<{ summary: string }>('select summary from queue')
      .toArray()
      .map(({ summary }) => JSON.parse(summary) as ConversationSummary);
  }

  put(summary: ConversationSummary): void {
    this.#sql.exec(
      'insert or replace into queue (id, summary) values (?, ?)',
      summary.id,
      JSON.stringify(summary),
    );
  }

  remove(id: string): void {
    this.#sql.exec('delete from queue where id = ?', id);
  }

  /** Whether the queue was read from Postgres once; before, an empty one means nothing. */
  get loaded(): boolean {
    return this.#read<boolean>('loaded') === true;
  }

  set loaded(loaded: boolean) {
    this.#write('loaded', loaded);
  }

  get roster(): AgentRecord[] {
    return this.#read<AgentRecord[]>('roster') ?? [];
  }

  set roster(roster: AgentRecord[]) {
    this.#write('roster', roster);
  }

  /** When the roster was read, milliseconds since the epoch. */
  get rosterReadAt(): number {
    return this.#read<number>('rosterReadAt') ?? 0;
  }

  set rosterReadAt(at: number) {
    this.#write('rosterReadAt', at);
  }

  /** The origins that may carry the widget, as they were last known; null before anybody knew. */
  get widgetOrigins(): string[] | null {
    return this.#read<string[]>('widgetOrigins');
  }

  set widgetOrigins(origins: string[]) {
    this.#write('widgetOrigins', origins);
  }

  get online(): Set<string> {
    return new Set(this.#read<string[]>('online') ?? []);
  }

  set online(online: Set<string>) {
    this.#write('online', [...online]);
  }

  setBehind(id: string, since: number | null): void {
    if (since === null) this.#sql.exec('delete from behind where id = ?', id);
    else this.#sql.exec('insert or replace into behind (id, since) values (?, ?)', id, since);
  }

  /** The rooms that have been behind the longest. */
  longestBehind(limit: number): string[] {
    return this.#sql
      .exec<{ id: string }>('select id from behind order by since limit ?', limit)
      .toArray()
      .map(({ id }) => id);
  }

  /** How many rooms Postgres lacks something of, and since when at the longest. */
  behind(): { rooms: number; since: number | null } {
    const row = this.#sql
      .exec<{ rooms: number; since: number | null }>(
        'select count(*) as rooms, min(since) as since from behind',
      )
      .one();
    return { rooms: row.rooms, since: row.since };
  }

  /** Remembers that an agent has a socket in a room. */
  noteEntered(agentId: string, conversationId: string, at: number): void {
    this.#sql.exec(
      'insert or replace into entered (agent, conversation, at) values (?, ?, ?)',
      agentId,
      conversationId,
      at,
    );
  }

  /** The rooms an agent may have a socket in; asked once, then forgotten. */
  takeEntered(agentId: string): string[] {
    const rows = this.#sql.exec<{ conversation: string }>(
      'delete from entered where agent = ? returning conversation',
      agentId,
    );
    return rows.toArray().map(({ conversation }) => conversation);
  }

  /** Agents with a socket in any room. */
  agentsEntered(): string[] {
    return this.#sql
      .exec<{ agent: string }>('select distinct agent from entered')
      .toArray()
      .map(({ agent }) => agent);
  }

  /** Until when (milliseconds since the epoch) an agent's credentials are void here; 0 for never. */
  voidedUntil(agentId: string): number {
    const row = this.#sql.exec<{ until: number }>('select until from voided where agent = ?', agentId);
    return row.toArray()[0]?.until ?? 0;
  }

  void(agentId: string, until: number): void {
    this.#sql.exec('insert or replace into voided (agent, until) values (?, ?)', agentId, until);
  }

  /** Forgets entries from before `at`: no socket and no credential is that old. */
  pruneEntered(at: number): void {
    this.#sql.exec('delete from entered where at < ?', at);
    this.#sql.exec('delete from voided where until < ?', at);
  }

  #read<Value>(key: string): Value | null {
    const row = this.#sql.exec<{ value: string }>('select value from meta where key = ?', key).toArray()[0];
    return row ? (JSON.parse(row.value) as Value) : null;
  }

  #write(key: string, value: unknown): void {
    this.#sql.exec('insert or replace into meta (key, value) values (?, ?)', key, JSON.stringify(value));
  }
}
