import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

const frame = z.looseObject({ t: z.string() });

const fixtureSchema = z.object({
  subprotocol: z.string(),
  context: z.record(z.string(), z.string()),
  firstMessage: z.object({ id: z.string(), text: z.string() }),
  clientFrames: z.array(frame),
  roomFrames: z.array(frame),
  lobbyFrames: z.array(frame),
  /** Who sends or does what, and what each side is told then. Presence comes when it comes and is left out. */
  session: z.array(
    z.object({
      by: z.enum(['visitor', 'agent']),
      sends: z.array(frame).optional(),
      calls: z.enum(['accept', 'close']).optional(),
      visitor: z.array(frame),
      agent: z.array(frame),
    }),
  ),
  /** The whole conversation afterwards. */
  log: z.array(z.looseObject({ seq: z.number(), clientId: z.string(), text: z.string().nullable() })),
});

export type Frozen = z.infer<typeof fixtureSchema>;

/** The frames as they were when the protocol got this version. */
export function frozenProtocol(version: number): Frozen {
  const file = path.join(import.meta.dirname, `../fixtures/protocol-v${version}.json`);
  return fixtureSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/u;
const INSTANT = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/u;

/**
 * Compares what was said then with what is said now: fields may have been added, ids and times are others (each id
 * of then must be one and the same now), and everything else is equal.
 *
 * @param ids of then → of now; filled as they are met
 * @returns where they part, or null
 */
export function difference(then: unknown, now: unknown, ids: Map<string, string>, at = ''): string | null {
  if (Array.isArray(then)) {
    if (!Array.isArray(now) || now.length !== then.length)
      return `${at}: ${JSON.stringify(now)?.slice(0, 80)}`;
    return firstOf(then.map((item, index) => () => difference(item, now[index], ids, `${at}[${index}]`)));
  }
  if (typeof then === 'object' && then !== null) {
    if (typeof now !== 'object' || now === null) return `${at}: ${String(now)}`;
    const held = now as Record<string, unknown>;
    return firstOf(
      Object.entries(then).map(
        ([key, value]) =>
          () =>
            difference(value, held[key], ids, `${at}.${key}`),
      ),
    );
  }
  if (typeof then === 'string' && typeof now === 'string') {
    if (INSTANT.test(then)) return INSTANT.test(now) ? null : `${at}: ${now}`;
    if (at.endsWith('.ticket')) return now.length > 0 ? null : `${at}: empty`;
    if (UUID.test(then) && UUID.test(now)) {
      const known = ids.get(then);
      ids.set(then, now);
      return known === undefined || known === now ? null : `${at}: another id than before`;
    }
  }
  return then === now ? null : `${at}: ${JSON.stringify(now)} instead of ${JSON.stringify(then)}`;
}

function firstOf(checks: readonly (() => string | null)[]): string | null {
  for (const check of checks) {
    const found = check();
    if (found !== null) return found;
  }
  return null;
}
