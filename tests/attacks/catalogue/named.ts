import type { Attack } from '../attack.ts';
import { afterwards, byPages, byPrograms, inMasses } from './index.ts';

/**
 * Attacks by their whole names, in that order.
 *
 * @throws Error when one isn't there (any more)
 */
export function attacksNamed(names: readonly string[]): Attack[] {
  const all = [...byPrograms, ...inMasses, ...byPages, ...afterwards].flatMap(({ attacks }) => attacks);
  return names.map((name) => {
    const found = all.find((one) => one.name === name);
    if (!found) throw new Error(`no attack is called “${name}”`);
    return found;
  });
}
