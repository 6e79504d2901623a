import { useCallback, useEffect, useRef, useState } from 'react';
import { loadDraft, saveDraft } from '../realtime/drafts.ts';

export interface Draft {
  text: string;
  setText: (text: string) => void;
  /** Puts a text that came back (refused, given up) before what is there now. */
  restore: (text: string) => void;
}

/**
 * A composer's text that survives a reload, one for each scope (`<person>/<conversation>`).
 * Empty on the server and for the first render, so that hydration agrees.
 */
export function useDraft(scope: string): Draft {
  const [draft, setDraft] = useState({ scope: '', text: '' });
  const current = useRef(scope);
  current.current = scope;
  useEffect(() => setDraft({ scope, text: loadDraft(scope) }), [scope]);
  const setText = useCallback((text: string) => {
    saveDraft(current.current, text);
    setDraft({ scope: current.current, text });
  }, []);
  const restore = useCallback(
    (text: string) => setText([text, loadDraft(current.current)].filter(Boolean).join('\n')),
    [setText],
  );
  return { text: draft.scope === scope ? draft.text : '', setText, restore };
}
