/** One value a round for every figure of every system. */
export type Figures<System extends string, Figure extends string> = Record<System, Record<Figure, number[]>>;

/**
 * Runs every system once a round, in an order that turns with the rounds, so that whatever else the machine does
 * meets all of them. The caller has warmed them up.
 */
export async function interleave<System extends string, Figure extends string>(
  rounds: number,
  systems: Record<System, (round: number) => Promise<Record<Figure, number>>>,
): Promise<Figures<System, Figure>> {
  const names = Object.keys(systems) as System[];
  const figures = Object.fromEntries(names.map((name) => [name, {}])) as Figures<System, Figure>;
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(turn + round) % names.length] as System;
      const result = await systems[name](round);
      for (const figure of Object.keys(result) as Figure[]) {
        figures[name][figure] ??= [];
        figures[name][figure][round] = result[figure];
      }
    }
  }
  return figures;
}
