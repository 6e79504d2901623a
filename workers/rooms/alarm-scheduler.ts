/**
 * Several named alarms over the single one that a Durable Object has. What is due is kept in SQLite and written
 * together with the alarm, so that neither hibernation nor a crash parts them.
 */
export class AlarmScheduler<Name extends string> {
  readonly #storage: DurableObjectStorage;
  readonly #now: () => number;
  /** What the table holds: asking it for every message is a third of what a message costs. */
  readonly #due: Map<Name, number>;
  /** What is being run: still in the table, so that a crash leaves it due. */
  readonly #running = new Set<Name>();
  /** Whether the object is being asked for its alarm right now. */
  #asking = false;

  /** @param due what the table holds, where the caller has read it already */
  constructor(storage: DurableObjectStorage, due?: Iterable<[Name, number]>, now: () => number = Date.now) {
    this.#storage = storage;
    this.#now = now;
    this.#due = new Map(due);
    if (due) return;
    AlarmScheduler.createTable(storage.sql);
    this.rewind();
  }

  static createTable(sql: SqlStorage): void {
    sql.exec('create table if not exists alarms (name text primary key, at integer not null) without rowid');
  }

  /** Makes sure `name` fires no later than `at` (milliseconds since the epoch). Synchronous: part of the caller's write. */
  ensure(name: Name, at: number): void {
    const due = this.#due.get(name);
    if (due === undefined || at < due) this.set(name, at);
    else if (due <= this.#now()) this.#armIfLost();
  }

  /** Whether `name` is still to come. */
  isAhead(name: Name): boolean {
    return (this.#due.get(name) ?? 0) > this.#now();
  }

  /** Whether something due is being run: between `takeDue` and `ran`. */
  get isRunning(): boolean {
    return this.#running.size > 0;
  }

  /**
   * Makes sure `name` is set at all, if not yet then for `at`. One that is still to come stays, so a back-off is not cut
   * short; one that is overdue fires at once, whether its alarm is lost or only late.
   */
  keep(name: Name, at: number): void {
    const due = this.#due.get(name);
    if (due === undefined) this.set(name, at);
    else if (due <= this.#now()) this.#arm();
  }

  /** Moves `name` to `at`, whatever it was. */
  set(name: Name, at: number): void {
    this.#storage.sql.exec('insert or replace into alarms (name, at) values (?, ?)', name, at);
    this.#due.set(name, at);
    this.#arm();
  }

  clear(name: Name): void {
    this.#storage.sql.exec('delete from alarms where name = ?', name);
    this.#due.delete(name);
  }

  clearAll(): void {
    this.#storage.sql.exec('delete from alarms');
    this.#due.clear();
  }

  /** Believes what is stored, after a write was undone. */
  rewind(): void {
    this.#due.clear();
    const rows = this.#storage.sql.exec<{ name: Name; at: number }>('select name, at from alarms');
    for (const { name, at } of rows) this.#due.set(name, at);
  }

  /** What is due, for the caller to run and to ask again for what must be repeated. Ends with `ran`. */
  takeDue(): Name[] {
    const rows = this.#storage.sql.exec<{ name: Name }>('select name from alarms where at <= ?', this.#now());
    const names = rows.toArray().map(({ name }) => name);
    for (const name of names) {
      this.#running.add(name);
      this.#due.delete(name);
    }
    return names;
  }

  /**
   * Strikes what has run off the list, and arms the object's alarm for what is next. Call it together with the alarm's
   * last write: all of it is one commit then, and the runtime, which would strike the alarm off by a commit of its own,
   * has nothing left to do.
   */
  ran(): void {
    for (const name of this.#running) if (!this.#due.has(name)) this.clear(name);
    this.#running.clear();
    if (this.#due.size > 0) this.#arm();
    else void this.#storage.deleteAlarm();
  }

  /** Overdue and still on the list: in a busy room the alarm only comes late, and it is still set; a lost one is not. */
  #armIfLost(): void {
    if (this.#asking) return;
    this.#asking = true;
    this.#storage
      .getAlarm()
      .then((set) => {
        if (set === null) this.#arm();
      })
      .catch(() => {}) // A storage that can't say breaks the whole object.
      .finally(() => {
        this.#asking = false;
      });
  }

  #arm(): void {
    if (this.#due.size === 0) return;
    // Not awaited: it belongs to the write around it, and a storage that can't take it breaks the whole object.
    void this.#storage.setAlarm(Math.min(...this.#due.values()));
  }
}
