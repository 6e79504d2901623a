import { rules } from '../../../drizzle/access/catalogue.ts';
import { type Probe, play } from '../../../drizzle/access/probes.ts';
import type { Connection } from '../../../workers/testing/postgres.ts';
import type { DatabaseMutant } from './mutants.ts';

export interface Verdict {
  /** What saw it, first; empty when nothing did. */
  seen: readonly string[];
}

/** Thrown to take a mutant back. */
const undo = new Error('taken back');

/**
 * Applies a mutant in a transaction, asks the matrix (the probes about the same thing first, the rules, then every
 * probe), and takes it back.
 */
export async function judge(
  sql: Connection,
  probes: readonly Probe[],
  mutant: DatabaseMutant,
): Promise<Verdict> {
  let seen: string[] = [];
  try {
    await sql.begin(async (tx) => {
      for (const statement of mutant.statements) await tx.unsafe(statement);
      seen = await misses(
        tx,
        probes.filter(({ about }) => about === mutant.about),
      );
      for (const rule of seen.length > 0 ? [] : rules) {
        const broken = await rule.broken(tx);
        if (broken.length > 0) seen.push(`${rule.name} (${broken[0]})`);
      }
      if (seen.length === 0) seen = await misses(tx, probes);
      throw undo;
    });
  } catch (error) {
    if (error !== undo) {
      const { message } = error as Error;
      throw new Error(`${mutant.protection}: could not be taken out: ${message}`, { cause: error });
    }
  }
  return { seen };
}

async function misses(tx: Pick<Connection, 'unsafe'>, probes: readonly Probe[]): Promise<string[]> {
  return (await play(tx, probes)).map(
    ({ name, expected, got }) => `${name}: expected ${expected}, got ${got}`,
  );
}
