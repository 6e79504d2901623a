import { bigint, timestamp } from 'drizzle-orm/pg-core';

/** A time; the database's own clock and zone-free. */
export const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });

/** A place in a conversation. Fits a JavaScript number for as long as anybody will talk. */
export const seqColumn = (name: string) => bigint(name, { mode: 'number' });
