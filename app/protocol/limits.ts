/**
 * Every limit of the product, with its default. They are settings: the Worker reads overrides from its
 * `LIMITS` variable (JSON, any of these keys), so tests and benchmarks raise them without a special path.
 */
export const DEFAULT_LIMITS = {
  /** Longest text of one message, in UTF-16 code units as `String.length` counts them. */
  textLength: 4_000,
  /** Largest client frame, in UTF-8 bytes. */
  frameBytes: 32 * 1024,
  /** Messages a sender may send in a minute, sustained. */
  messagesPerMinute: 60,
  /** Messages a sender may send at once before the sustained rate counts. */
  messageBurst: 10,
  /** Frames of any kind a socket may send in a second, sustained; beyond twice that it is closed with 4429. */
  framesPerSecond: 100,
  /** Messages a `welcome` reaches back. */
  welcomeMessages: 200,
  /** Most messages one page of history carries. */
  historyPage: 200,
  /** Sockets one person may hold in one room at once; the oldest goes first. */
  socketsPerPerson: 20,
  /** Sockets one room holds at once; beyond that no more agents come in, the visitor always does. */
  socketsPerRoom: 200,
  // From here the coarse ones, counted at the edge: LIMITS can only raise them, their numbers are in wrangler.toml too.
  /** Sessions resumed or begun from one network. */
  sessionsPerMinute: 60,
  /** New conversations from one network. */
  conversationsPerMinute: 30,
  /** Sockets opened from one network. */
  upgradesPerMinute: 120,
  /** Attempts to sign in or up from one network: an office at the beginning of a shift is one. */
  loginsPerMinute: 30,
  /** Attempts to sign in with one email address, from anywhere. */
  loginsPerEmailPerMinute: 10,
  /** Calls of the API by one person. */
  callsPerMinute: 300,
  /** Hours a socket and its ticket live. */
  socketHours: 24,
  /** Milliseconds a `typing` mark stays without being renewed. */
  typingMs: 6_000,
  /** Milliseconds the room waits after the first unflushed row before it flushes. */
  flushDelayMs: 100,
  /** Least milliseconds between two flushes of a room in which somebody always says something. */
  flushIntervalMs: 1_000,
  /** Milliseconds after which a room with unflushed rows counts as behind. */
  behindAfterMs: 5_000,
  /** Longest back-off of a room that Postgres doesn’t answer, milliseconds; the first is at most one second. */
  backoffMaxMs: 60_000,
} as const;

export type Limits = { readonly [Key in keyof typeof DEFAULT_LIMITS]: number };
