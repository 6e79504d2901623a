export interface RunningPostgres {
  /** Connection of the superuser `supabase_admin`. */
  adminUrl: string;
  /** Connection of the ordinary owner `postgres`. */
  databaseUrl: string;
  port: number;
  /** The postmaster's process id. */
  pid: number;
  /** Fast shutdown; resolves when the process is gone. May be called twice. */
  stop(): Promise<void>;
}
