import { v5 as uuidv5, v7 as uuidv7 } from 'uuid';
import { SYSTEM_SENDER, type SystemEvent } from '../../app/protocol/model.ts';
import { AlarmScheduler } from './alarm-scheduler.ts';
import { AuditTrail } from './audit-trail.ts';
import { MessageLog } from './message-log.ts';
import { type Marks, noMarks } from './outbox.ts';
import type { LogRow, RoomState } from './records.ts';

export type RoomAlarm = 'flush' | 'lobby' | 'audit';

/** Everything a room keeps: its log, its state, its marks, its alarms. Synchronous throughout. */
export class RoomStorage {
  readonly log: MessageLog;
  readonly alarms: AlarmScheduler<RoomAlarm>;
  /** Whether there was something for the audit log when the room woke. */
  readonly auditOwed: boolean;
  readonly #storage: DurableObjectStorage;
  readonly #sql: SqlStorage;
  #state: RoomState | null;
  #marks: Marks;
  /** Whether the marks held in memory are the stored ones. */
  #marksStored = true;

  constructor(storage: DurableObjectStorage) {
    this.#storage = storage;
    this.#sql = storage.sql;
    const woken = wake(this.#sql);
    this.log = new MessageLog(this.#sql, woken.head);
    this.alarms = new AlarmScheduler<RoomAlarm>(storage, woken.alarms);
    this.auditOwed = woken.auditOwed;
    this.#state = woken.state;
    this.#marks = { ...noMarks, ...woken.marks };
  }

  /** null: the room is empty and has to be loaded before it takes anything. */
  get state(): RoomState | null {
    return this.#state;
  }

  set state(state: RoomState) {
    this.#write('state', state);
    this.#state = state;
  }

  get marks(): Marks {
    return this.#marks;
  }

  set marks(marks: Marks) {
    this.#write('marks', marks);
    this.#marks = marks;
    this.#marksStored = true;
  }

  /**
   * Moves the marks; they are stored with the room's next write, or by the alarm that is set or under way in any case
   * (see `storeMarks`). A commit of its own for every flush would be most of what a site writes, and a mark that is
   * lost only sends again what the other side already holds and ignores.
   */
  moveMarks(marks: Marks): void {
    this.#marks = marks;
    this.#marksStored = false;
    if (!this.alarms.isRunning && !this.alarms.isAhead('flush')) this.storeMarks();
  }

  storeMarks(): void {
    if (!this.#marksStored) this.marks = this.#marks;
  }

  /** The conversation was deleted: nothing may ever be taken here again. */
  get gone(): boolean {
    return this.#read<boolean>('gone') === true;
  }

  /** The lobby's word on whether the agent is at their desk; survives hibernation. */
  get agentOnline(): boolean {
    return this.#read<boolean>('agentOnline') === true;
  }

  set agentOnline(online: boolean) {
    this.#write('agentOnline', online);
  }

  /** Until when (milliseconds since the epoch) a person's credentials are void here; 0 for never. */
  voidedUntil(personId: string): number {
    return this.#read<number>(`voided:${personId}`) ?? 0;
  }

  void(personId: string, until: number): void {
    this.#write(`voided:${personId}`, until);
  }

  /**
   * Appends what the system has to say. Its client id follows from `occurrence`, so a retry can't say it twice.
   *
   * @param occurrence names this one happening within the conversation, for instance `closed:7`
   * @returns null when it had been said
   */
  appendEvent(conversationId: string, occurrence: string, event: SystemEvent, at: number): LogRow | null {
    return this.log.append({
      id: uuidv7({ msecs: at }),
      senderId: SYSTEM_SENDER,
      senderRole: 'system',
      senderName: '',
      clientId: uuidv5(occurrence, conversationId),
      kind: 'system',
      text: null,
      event,
      at,
    });
  }

  /**
   * Runs `write` whole or not at all: when it throws, what it wrote is undone, and what is held in memory with it.
   * Otherwise a row could stand in the log that nobody was told of and that the next seq collides with.
   */
  atomically<Value>(write: () => Value): Value {
    const before = { state: this.#state, marks: this.#marks, marksStored: this.#marksStored };
    const work = () => {
      const value = write();
      this.storeMarks();
      return value;
    };
    try {
      return this.#storage.transactionSync(work);
    } catch (error) {
      this.#state = before.state;
      this.#marks = before.marks;
      this.#marksStored = before.marksStored;
      this.log.rewind();
      this.alarms.rewind();
      throw error;
    }
  }

  /** Begins a room: its state, what was said before, and what Postgres already has of it. */
  begin(state: RoomState, rows: LogRow[], marks: Marks): void {
    this.atomically(() => {
      this.log.clear();
      this.log.restore(rows);
      this.marks = marks;
      this.state = state;
    });
  }

  /** Forgets everything but that there was something. */
  erase(): void {
    this.log.clear();
    this.alarms.clearAll();
    this.#sql.exec('delete from meta');
    this.#write('gone', true);
    this.#state = null;
    this.#marks = noMarks;
    this.#marksStored = true;
  }

  #read<Value>(key: string): Value | null {
    const row = this.#sql.exec<{ value: string }>('select value from meta where key = ?', key).toArray()[0];
    return row ? (JSON.parse(row.value) as Value) : null;
  }

  #write(key: string, value: unknown): void {
    this.#sql.exec('insert or replace into meta (key, value) values (?, ?)', key, JSON.stringify(value));
  }
}

interface Woken {
  head: number;
  alarms: [RoomAlarm, number][];
  auditOwed: boolean;
  state: RoomState | null;
  marks: Partial<Marks>;
}

/** Everything that is needed to begin with, by one statement: it is what the first frame after a sleep waits for. */
function wake(sql: SqlStorage): Woken {
  const read = () =>
    sql
      .exec<{ what: string; name: string; value: string | number }>(
        `select 'meta' as what, key as name, value from meta where key in ('state', 'marks')
         union all select 'alarm', name, at from alarms
         union all select 'head', '', coalesce(max(seq), 0) from log
         union all select 'audit', '', exists (select 1 from audit)`,
      )
      .toArray();
  let rows: ReturnType<typeof read>;
  try {
    rows = read();
  } catch {
    // Its first life: there are no tables.
    sql.exec('create table if not exists meta (key text primary key, value text not null) without rowid');
    MessageLog.createTable(sql);
    AlarmScheduler.createTable(sql);
    AuditTrail.createTables(sql);
    rows = read();
  }
  const of = (what: string) => rows.filter((row) => row.what === what);
  const kept = (key: string): unknown => {
    const row = of('meta').find(({ name }) => name === key);
    return row ? JSON.parse(String(row.value)) : null;
  };
  return {
    head: Number(of('head')[0]?.value ?? 0),
    alarms: of('alarm').map(({ name, value }) => [name as RoomAlarm, Number(value)]),
    auditOwed: Number(of('audit')[0]?.value ?? 0) === 1,
    state: kept('state') as RoomState | null,
    marks: (kept('marks') ?? {}) as Partial<Marks>,
  };
}
