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
    const focused = document.activeElement;
    if (focused && focused !== document.body && focused.checkVisibility()) return;
    screen.current?.querySelector('h1')?.focus();
  }, [screen, what]);
}
