/**
 * Several named alarms over the single one that a Durable Object has. What is due is kept in SQLite and written
 * together with the alarm, so that neither hibernation nor a crash parts them.
 */
export class AlarmScheduler<Name extends string> {
  readonly #storage: DurableObjectStorage;
  readonly #now: () => number;

  constructor(storage: DurableObjectStorage, now: () => number = Date.now) {
    this.#storage = storage;
    this.#now = now;
    storage.sql.exec('create table if not exists alarms (name text primary key, at integer not null)');
  }

  /** Makes sure `name` fires no later than `at` (milliseconds since the epoch). Synchronous: part of the caller's write. */
  ensure(name: Name, at: number): void {
    const due = this.#dueAt(name);
    // Already due and still here: the alarm that should have taken it may be lost, so arm again.
    if (due !== null && due <= at && due > this.#now()) return;
    this.set(name, due === null ? at : Math.min(due, at));
  }

  /** Makes sure `name` is set at all: one that is still to come stays, so a back-off is not cut short. */
  keep(name: Name, at: number): void {
    const due = this.#dueAt(name);
    // Overdue and still here: the alarm that should have taken it is lost.
    if (due === null || due <= this.#now()) this.set(name, at);
  }

  /** Moves `name` to `at`, whatever it was. */
  set(name: Name, at: number): void {
    this.#storage.sql.exec('insert or replace into alarms (name, at) values (?, ?)', name, at);
    this.#arm();
  }

  clear(name: Name): void {
    this.#storage.sql.exec('delete from alarms where name = ?', name);
  }

  clearAll(): void {
    this.#storage.sql.exec('delete from alarms');
  }

  /** Takes what is due off the list; the caller runs it and asks again for what must be repeated. */
  takeDue(): Name[] {
    const rows = this.#storage.sql.exec<{ name: Name }>(
      'delete from alarms where at <= ? returning name',
      this.#now(),
    );
    return rows.toArray().map(({ name }) => name);
  }

  /** Arms the object's alarm for what is next. Call at the end of `alarm()`, and when the object wakes. */
  rearm(): void {
    this.#arm();
  }

  #dueAt(name: Name): number | null {
    const row = this.#storage.sql
      .exec<{ at: number }>('select at from alarms where name = ?', name)
      .toArray()[0];
    return row?.at ?? null;
  }

  #arm(): void {
    const next = this.#storage.sql.exec<{ at: number | null }>('select min(at) as at from alarms').one().at;
    // Not awaited: it belongs to the write around it, and a storage that can't take it breaks the whole object.
    if (next !== null) void this.#storage.setAlarm(next);
  }
}
