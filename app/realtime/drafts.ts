const PREFIX = 'wellchina-draft:';
/** Serves where the browser refuses storage: the draft then lives as long as the page. */
const memory = new Map<string, string>();

/** What was typed and not sent, or ''. */
export function loadDraft(scope: string): string {
  try {
    return localStorage.getItem(PREFIX + scope) ?? memory.get(scope) ?? '';
  } catch {
    return memory.get(scope) ?? '';
  }
}

/** Keeps a draft; synchronous on purpose, so that the last keystroke before a crash is in it. */
export function saveDraft(scope: string, text: string): void {
  if (text) memory.set(scope, text);
  else memory.delete(scope);
  try {
    if (text) localStorage.setItem(PREFIX + scope, text);
    else localStorage.removeItem(PREFIX + scope);
  } catch {
    // In memory it is.
  }
}
