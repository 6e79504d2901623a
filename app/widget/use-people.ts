import { useEffect, useState } from 'react';
import type * as People from './people/people.tsx';

export type PeopleModule = typeof People;

/** The account's screens are asked for once, by the first who needs them. */
let asked: Promise<PeopleModule> | null = null;

/**
 * The account's screens, loaded when they are first needed; null until they are here.
 *
 * @param texts brings their texts along
 */
export function usePeople(
  needed: boolean,
  texts: () => Promise<void>,
): { people: PeopleModule | null; failed: boolean; retry: () => void } {
  const [people, setPeople] = useState<PeopleModule | null>(null);
  const [failed, setFailed] = useState(false);
  const [attempt, setAttempt] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt is a reason of its own
  useEffect(() => {
    if (!needed || people) return;
    setFailed(false);
    asked ??= Promise.all([import('./people/people.tsx'), texts()]).then(([module]) => module);
    asked.then(setPeople, () => {
      asked = null;
      setFailed(true);
    });
  }, [needed, people, texts, attempt]);
  return { people, failed, retry: () => setAttempt((count) => count + 1) };
}
