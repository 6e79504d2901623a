const PREFIX = 'wellchina-draft:';
/** What the browser refused to store: it then lives as long as the page. */
const refused = new Map<string, string>();

/** What was typed and not sent, or ''. */
export function loadDraft(scope: string): string {
  try {
    return refused.get(scope) ?? localStorage.getItem(PREFIX + scope) ?? '';
  } catch {
    return '';
  }
}

/** Keeps a draft; synchronous on purpose, so that the last keystroke before a crash is in it. */
export function saveDraft(scope: string, text: string): void {
  refused.delete(scope);
  try {
    if (text) localStorage.setItem(PREFIX + scope, text);
    else localStorage.removeItem(PREFIX + scope);
  } catch {
    refused.set(scope, text);
  }
}
