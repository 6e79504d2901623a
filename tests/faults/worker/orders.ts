import { z } from 'zod';

/** What the harness may tell the faults-only Worker to do to one room. None of this is in the product's bundle. */
export const orderSchema = z.discriminatedUnion('do', [
  /** The room is evicted between two frames; its sockets hibernate or are closed. */
  z.object({ do: z.literal('evict'), room: z.string(), webSockets: z.enum(['hibernate', 'close']) }),
  /**
   * The next `times` inserts into the log go wrong: before the insert, right after it, at the statement that follows
   * it, or the object is reset right after it.
   */
  z.object({
    do: z.literal('insert'),
    room: z.string(),
    fails: z.enum(['before', 'after', 'later', 'reset']),
    times: z.int().positive(),
    /** Only every so many; 1 = each. */
    every: z.int().positive(),
  }),
  /** The next alarms never come, come twice at once, or meet a database that throws at their first statement. */
  z.object({
    do: z.literal('alarm'),
    room: z.string(),
    fails: z.enum(['lost', 'doubled', 'throws']),
    times: z.int().positive(),
  }),
  /** The next calls of the room's lane throw. */
  z.object({ do: z.literal('lane'), room: z.string(), times: z.int().positive() }),
  /** A statement under the hood. */
  z.object({
    do: z.literal('sql'),
    room: z.string(),
    statement: z.string(),
    bindings: z.array(z.union([z.string(), z.number(), z.null()])),
  }),
  /** Everything the room kept is gone, and so is what it held in memory. */
  z.object({ do: z.literal('wipe'), room: z.string() }),
  /** Nothing: only the answer is wanted. */
  z.object({ do: z.literal('look'), room: z.string() }),
  /** Whatever was ordered of this room and has not happened is called off. */
  z.object({ do: z.literal('calm'), room: z.string() }),
]);

export type Order = z.infer<typeof orderSchema>;

/** What is answered: rows of `sql`, how often ordered failures have happened, and how many lives the room has had. */
export const answerSchema = z.object({
  rows: z.array(z.record(z.string(), z.union([z.string(), z.number(), z.null()]))).optional(),
  happened: z.number(),
  lives: z.number(),
});

export const ORDERS_PATH = '/__faults';
