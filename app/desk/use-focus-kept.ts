import { useLocation } from '@remix-run/react';
import { type RefObject, useEffect, useRef } from 'react';

/**
 * What had the focus may be gone with what it did: a closed conversation's button, on a phone the list one came from.
 * The keyboard then goes on at the heading. A page that is loaded anew begins where pages begin.
 *
 * @param what changes when the screen may have lost it
 */
export function useFocusKept(screen: RefObject<HTMLElement>, what: string): void {
  const { key } = useLocation();
  const before = useRef(key === 'default' ? what : null);
  useEffect(() => {
    if (before.current === what) return;
    before.current = what;
    const goOn = () => {
      const focused = document.activeElement;
      if (focused && focused !== document.body && focused.checkVisibility()) return;
      screen.current?.querySelector('h1')?.focus();
    };
    // A dialog that asked first may still stand there: what is behind it takes no focus, and what it gives it back to
    // may be gone.
    const dialog = screen.current?.querySelector('dialog[open]');
    if (!dialog) return goOn();
    dialog.addEventListener('close', goOn, { once: true });
    return () => dialog.removeEventListener('close', goOn);
  }, [screen, what]);
}
