/**
 * Everything the Worker may log. A closed union, since the log is an interface too: never a message's text, a
 * name, an address, a token, or an error's own words (Drizzle's carry the parameters).
 */
export type LogEvent =
  | { event: 'store_failed'; method: string; sqlstate: string | null; name: string }
  | { event: 'room_flush_failed'; conversation: string; code: string; attempt: number }
  | { event: 'room_halted'; conversation: string; code: string }
  | { event: 'room_loaded'; conversation: string; epoch: number; head: number }
  | { event: 'room_erased'; conversation: string }
  | { event: 'audit_refused'; entry: string }
  | { event: 'room_call_failed'; method: string; name: string }
  | { event: 'alarm_failed'; object: 'room' | 'lobby'; alarm: string; name: string }
  | { event: 'frame_failed'; object: 'room' | 'lobby'; name: string }
  | { event: 'lobby_load_failed'; code: string }
  | { event: 'lobby_call_failed'; method: string; name: string }
  | { event: 'revocation_failed' }
  | { event: 'auth_unavailable'; call: string; status: number | null }
  | { event: 'captcha_unavailable'; status: number | null }
  | { event: 'request_failed'; route: string; name: string };

/** Writes one line of JSON; operators filter it by `event`. */
export function log(entry: LogEvent): void {
  console.log(JSON.stringify(entry));
}

/** What may be said of an error in the log: its class, nothing of its content. */
export function errorName(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
