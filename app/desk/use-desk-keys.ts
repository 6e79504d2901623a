import { useNavigate, useParams } from '@remix-run/react';
import { type RefObject, useEffect } from 'react';
import { moveFocus } from './move-focus.ts';

/**
 * The desk's keys: j and k go through the list from anywhere one isn't writing; Esc leaves the conversation for the
 * list, on a phone by going back to it. An open dialog or panel keeps Esc for itself.
 */
export function useDeskKeys(list: RefObject<HTMLElement>): void {
  const navigate = useNavigate();
  const { id } = useParams();
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing)
        return;
      if (!list.current || document.querySelector('dialog[open]')) return;
      if (event.key === 'Escape' && id) {
        const visible = list.current.checkVisibility();
        if (visible) moveFocus(list.current, 0);
        else navigate('/agent');
        event.preventDefault();
      } else if ((event.key === 'j' || event.key === 'k') && !isWriting(event.target)) {
        if (moveFocus(list.current, event.key === 'j' ? 1 : -1)) event.preventDefault();
      }
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [list, id, navigate]);
}

function isWriting(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'))
  );
}
