import { rules } from '../../../drizzle/access/catalogue.ts';
import { ownDatabase } from '../../../drizzle/access/database.ts';
import { play, probes } from '../../../drizzle/access/probes.ts';
import { setScene } from '../../../drizzle/access/scene.ts';
import type { TestBackend } from '../../support/backend.ts';
import { judge } from './judge.ts';
import { databaseMutants } from './mutants.ts';

export interface Tally {
  caught: number;
  all: number;
}

/** Takes out every protection of the database that `wants` names, one at a time, and prints what saw it. */
export async function runDatabaseMutants(
  { adminUrl, databaseUrl }: TestBackend,
  wants: (protection: string) => boolean,
): Promise<Tally> {
  const database = await ownDatabase(adminUrl, databaseUrl);
  try {
    const { sql } = database;
    await setScene(sql);
    const asked = await probes(sql);
    const mutants = (await databaseMutants(sql)).filter(({ protection }) => wants(protection));
    console.log(
      `\n  The database: ${mutants.length} protections, ${asked.length} probes, ${rules.length} rules\n`,
    );
    const red = await play(sql, asked);
    for (const rule of rules)
      if ((await rule.broken(sql)).length > 0) throw new Error(`red already: ${rule.name}`);
    if (red[0]) throw new Error(`with every protection in, it is red: ${red[0].name}`);
    console.log('  ✓ with every protection in: green');
    let caught = 0;
    for (const mutant of mutants) {
      const { seen } = await judge(sql, asked, mutant);
      if (seen.length > 0) caught += 1;
      const more = seen.length > 1 ? ` (and ${seen.length - 1} more)` : '';
      console.log(
        seen[0] === undefined
          ? `  ✗ without ${mutant.protection}: nothing is red`
          : `  ✓ without ${mutant.protection} → red in ${seen[0].slice(0, 150)}${more}`,
      );
    }
    return { caught, all: mutants.length };
  } finally {
    await database.drop();
  }
}
