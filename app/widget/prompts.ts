/** The seed's prompts to guests (3.1): when the chat is first opened, after the third message, on closing the panel. */
export type Prompt = 'first' | 'third' | 'closing';

/** Own messages after which a guest has something worth keeping. */
const WORTH_KEEPING = 3;
const KEY = 'wellchina-prompts';

/** Which prompts somebody has had in this browser session. Nothing is stored before one was answered. */
export interface Prompts {
  had(prompt: Prompt): boolean;
  /** They dismissed it, did what it says, or closed the panel over it. */
  done(prompt: Prompt): void;
}

/** @param storage reached anew each time, since even that may be refused: then it is remembered as long as the page */
export function createPrompts(storage: () => Storage): Prompts {
  const here = new Set<string>();
  const read = () => {
    try {
      return (storage().getItem(KEY) ?? '').split(' ');
    } catch {
      return [];
    }
  };
  return {
    had: (prompt) => here.has(prompt) || read().includes(prompt),
    done(prompt) {
      here.add(prompt);
      try {
        storage().setItem(KEY, [...new Set([...read(), ...here])].join(' ').trim());
      } catch {
        // A browser that keeps nothing says it once a page.
      }
    },
  };
}

/** What stands above the chat for this person now. Registered people are told nothing. */
export function promptFor(
  { guest, settled, written }: { guest: boolean; settled: boolean; written: number },
  had: Prompts['had'],
): 'first' | 'third' | null {
  if (!guest || !settled) return null;
  if (written >= WORTH_KEEPING) return had('third') ? null : 'third';
  return had('first') ? null : 'first';
}
