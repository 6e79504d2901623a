import { z } from 'zod';
import { DEFAULT_LIMITS, type Limits } from '../app/protocol/limits.ts';
import { EDGE_LIMITS, type EdgeLimit } from './edge/limits.ts';
import type { ConversationRoom } from './rooms/conversation-room.ts';
import type { IngestLane } from './rooms/ingest-lane.ts';
import type { Lobby } from './rooms/lobby.ts';
import type { Store } from './store/store.ts';

// Written by hand, not generated: it knows the classes behind the bindings and the secrets. `env.test.ts` compares
// it with wrangler.toml.
declare global {
  interface Env {
    CONVERSATION_ROOM: DurableObjectNamespace<ConversationRoom>;
    LOBBY: DurableObjectNamespace<Lobby>;
    INGEST_LANE: DurableObjectNamespace<IngestLane>;
    /** The only code that opens Postgres. */
    STORE: Service<Store>;
    HYPERDRIVE: Hyperdrive;
    EMAIL: SendEmail;
    VERSION: WorkerVersionMetadata;
    // What is counted at the edge.
    SESSIONS_LIMIT: RateLimit;
    CONVERSATIONS_LIMIT: RateLimit;
    UPGRADES_LIMIT: RateLimit;
    LOGINS_LIMIT: RateLimit;
    EMAIL_LOGINS_LIMIT: RateLimit;
    CALLS_LIMIT: RateLimit;
    ALLOWED_ORIGINS: string;
    LIMITS: string;
    INGEST_LANES: string;
    ROOM_JURISDICTION: string;
    /** Turnstile for new guests: off unless this and the secret are set. */
    TURNSTILE_SITE_KEY: string;
    /** Who is asked whether a token of Turnstile’s is good; a test asks somebody else. */
    TURNSTILE_VERIFY_URL: string;
    // Secrets.
    SUPABASE_URL: string;
    SUPABASE_ANON_KEY: string;
    SUPABASE_SERVICE_ROLE_KEY: string;
    /** Signs the tickets that open a room's next socket. At least 32 characters. */
    TICKET_SECRET: string;
    TURNSTILE_SECRET: string;
  }
  namespace Cloudflare {
    interface Env extends globalThis.Env {}
  }
}

/** The Worker's variables, read and checked. */
export interface Settings {
  limits: Limits;
  /** Over how many of the edge's counters a limit is spread: 1, or as many as LIMITS has raised it. */
  edgeCounters: Readonly<Record<EdgeLimit, number>>;
  /** Origins besides the Worker's own that may open sockets and send cookies. */
  allowedOrigins: readonly string[];
  ingestLanes: number;
  roomJurisdiction: DurableObjectJurisdiction | null;
  supabaseUrl: string;
  turnstile: { siteKey: string; secret: string; verifyUrl: string } | null;
}

const limitKeys = Object.keys(DEFAULT_LIMITS) as (keyof Limits)[];
const limitsSchema = z.partialRecord(z.enum(limitKeys), z.number().nonnegative());

const schema = z
  .object({
    LIMITS: z
      .string()
      .transform((text, context): unknown => {
        try {
          return JSON.parse(text || '{}');
        } catch {
          context.addIssue({ code: 'custom', message: 'not JSON' });
          return z.NEVER;
        }
      })
      .pipe(limitsSchema)
      .transform((limits): Limits => ({ ...DEFAULT_LIMITS, ...limits }) as Limits)
      .superRefine((limits, context) => {
        for (const limit of EDGE_LIMITS.filter((name) => limits[name] < DEFAULT_LIMITS[name])) {
          context.addIssue({
            code: 'custom',
            message: `${limit} can only be raised here; lower it in wrangler.toml`,
          });
        }
      }),
    ALLOWED_ORIGINS: z.string().transform((text) => text.split(/\s+/u).filter(Boolean)),
    INGEST_LANES: z.coerce.number().int().min(1).max(16),
    ROOM_JURISDICTION: z.enum(['', 'eu', 'fedramp']),
    SUPABASE_URL: z.url().transform((url) => url.replace(/\/+$/u, '')),
    SUPABASE_ANON_KEY: z.string().min(1),
    SUPABASE_SERVICE_ROLE_KEY: z.string().min(1),
    TICKET_SECRET: z.string().min(32),
    TURNSTILE_SITE_KEY: z.string().default(''),
    TURNSTILE_SECRET: z.string().default(''),
    TURNSTILE_VERIFY_URL: z.url().default('https://challenges.cloudflare.com/turnstile/v0/siteverify'),
  })
  // Half of it would look like protection and be none.
  .refine((env) => (env.TURNSTILE_SITE_KEY === '') === (env.TURNSTILE_SECRET === ''), {
    message: 'TURNSTILE_SITE_KEY and TURNSTILE_SECRET go together',
  });

let read: { from: Env; settings: Settings } | undefined;

/**
 * The settings of this environment, parsed once an isolate.
 *
 * @throws ZodError naming the variable that is missing or wrong: an operator's mistake, not a person's.
 */
export function settingsOf(env: Env): Settings {
  if (read?.from === env) return read.settings;
  const parsed = schema.parse(env);
  const settings: Settings = {
    limits: parsed.LIMITS,
    edgeCounters: Object.fromEntries(
      EDGE_LIMITS.map((limit) => [limit, Math.round(parsed.LIMITS[limit] / DEFAULT_LIMITS[limit])]),
    ) as Record<EdgeLimit, number>,
    allowedOrigins: parsed.ALLOWED_ORIGINS,
    ingestLanes: parsed.INGEST_LANES,
    roomJurisdiction: parsed.ROOM_JURISDICTION === '' ? null : parsed.ROOM_JURISDICTION,
    supabaseUrl: parsed.SUPABASE_URL,
    turnstile: parsed.TURNSTILE_SITE_KEY
      ? {
          siteKey: parsed.TURNSTILE_SITE_KEY,
          secret: parsed.TURNSTILE_SECRET,
          verifyUrl: parsed.TURNSTILE_VERIFY_URL,
        }
      : null,
  };
  read = { from: env, settings };
  return settings;
}
