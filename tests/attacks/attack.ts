import type { Stage } from './stage.ts';

/** One thing somebody tries, and the only answer that will do. */
export interface Attack {
  name: string;
  /** What the product answers, in a few words: `404 not_found; closed 4404`. */
  expected: string;
  /** Tries it on the real thing and says in the same words what came. */
  run(stage: Stage): Promise<string>;
}

export interface Group {
  title: string;
  attacks: readonly Attack[];
}

/** An attack, for lists that are written as data. */
export function attack(name: string, expected: string, run: Attack['run']): Attack {
  return { name, expected, run };
}

/**
 * The answers of several tries as one: said once where all are alike, else each with its name, the rarest first.
 *
 * @throws Error with the name of the try that threw
 */
export async function each<Try>(
  tries: readonly Try[],
  run: (item: Try) => Promise<string>,
  nameOf: (item: Try) => string = String,
): Promise<string> {
  const answers: [string, string][] = [];
  for (const item of tries) {
    const name = nameOf(item);
    try {
      answers.push([name, await run(item)]);
    } catch (error) {
      throw new Error(`${name}: ${error}`, { cause: error });
    }
  }
  const [first] = answers;
  if (first && answers.every(([, answer]) => answer === first[1])) return first[1];
  const times = (answer: string) => answers.filter(([, other]) => other === answer).length;
  answers.sort(([, a], [, b]) => times(a) - times(b));
  return answers.map(([name, answer]) => `${name.slice(0, 60)} → ${answer}`).join(' | ');
}
