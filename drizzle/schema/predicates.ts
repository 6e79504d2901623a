import { sql } from 'drizzle-orm';

/**
 * The two questions every policy asks. Wrapped in a sub-select so that Postgres evaluates each once a
 * statement and not once a row.
 */
export const currentUser = sql`(select auth.uid())`;

/**
 * An active, non-anonymous agent. A security definer function in a schema the API doesn't expose: a policy on
 * `chat_agents` that reads `chat_agents` recurses, and an agent list inside other tables' policies locks agents
 * out as soon as that list is protected itself.
 */
export const isAgent = sql`(select private.is_agent())`;

/** An active, non-anonymous agent whose role is `admin`. */
export const isAdmin = sql`(select private.is_admin())`;

/** Somebody with an account: not a guest. */
export const isRegistered = sql`(select not coalesce((auth.jwt() ->> 'is_anonymous')::boolean, false))`;
