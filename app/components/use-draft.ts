import { useCallback, useEffect, useRef, useState } from 'react';
import { loadDraft, saveDraft } from '../realtime/drafts.ts';

/**
 * A composer's text that survives a reload, one for each scope (`<person>/<conversation>`).
 * Empty on the server and for the first render, so that hydration agrees.
 */
export function useDraft(scope: string): [text: string, setText: (text: string) => void] {
  const [draft, setDraft] = useState({ scope: '', text: '' });
  const current = useRef(scope);
  current.current = scope;
  useEffect(() => setDraft({ scope, text: loadDraft(scope) }), [scope]);
  const setText = useCallback((text: string) => {
    saveDraft(current.current, text);
    setDraft({ scope: current.current, text });
  }, []);
  return [draft.scope === scope ? draft.text : '', setText];
}
