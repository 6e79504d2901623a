import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';

/** So near the end counts as being there. */
const NEAR_PX = 48;
/** So near the start, earlier messages are asked for. */
const EARLY_PX = 120;

const useBrowserLayoutEffect = typeof window === 'undefined' ? useEffect : useLayoutEffect;

export interface Stick {
  list: RefObject<HTMLDivElement>;
  onScroll: () => void;
  /** Whether the reader is at the newest message. */
  atBottom: boolean;
  toBottom: () => void;
}

/**
 * Keeps a growing list where the reader is: at the end it follows what comes, elsewhere nothing moves, not even when
 * earlier messages are put in above.
 *
 * @param first key of the first entry, changes when earlier ones come in
 * @param last key of the last entry
 * @param own whether the last entry is the reader's own: then they want to see it
 * @param onEarly called while the reader is near the start
 */
export function useStickToBottom(first: string, last: string, own: boolean, onEarly: () => void): Stick {
  const list = useRef<HTMLDivElement>(null);
  const [atBottom, setAtBottom] = useState(true);
  const stuck = useRef(true);
  /** Distance to the end, which stays the same while something is put in above. */
  const fromEnd = useRef(0);
  const lastTop = useRef(0);
  const seen = useRef({ first, last });

  const toBottom = useCallback(() => {
    const element = list.current;
    if (element) element.scrollTop = element.scrollHeight;
    stuck.current = true;
    setAtBottom(true);
  }, []);

  const onScroll = useCallback(() => {
    const element = list.current;
    if (!element) return;
    fromEnd.current = element.scrollHeight - element.scrollTop;
    const near = fromEnd.current - element.clientHeight < NEAR_PX;
    // Only the reader goes up. A list that got shorter under an event of before is still to be followed.
    stuck.current = near || (stuck.current && element.scrollTop >= lastTop.current);
    lastTop.current = element.scrollTop;
    setAtBottom(stuck.current);
    if (element.scrollTop < EARLY_PX && element.scrollHeight > element.clientHeight) onEarly();
  }, [onEarly]);

  useBrowserLayoutEffect(() => {
    const element = list.current;
    if (!element) return;
    const before = seen.current;
    seen.current = { first, last };
    if (stuck.current || (own && before.last !== last)) {
      toBottom();
    } else if (before.first !== first && before.last === last) {
      element.scrollTop = element.scrollHeight - fromEnd.current;
    }
    fromEnd.current = element.scrollHeight - element.scrollTop;
  }, [first, last, own, toBottom]);

  // The keyboard, a banner or the composer growing must not push the newest message out of sight.
  useEffect(() => {
    const element = list.current;
    if (!element || typeof ResizeObserver === 'undefined') return;
    const observer = new ResizeObserver(() => {
      if (stuck.current) element.scrollTop = element.scrollHeight;
    });
    observer.observe(element);
    for (const child of element.children) observer.observe(child);
    return () => observer.disconnect();
  }, []);

  return { list, onScroll, atBottom, toBottom };
}
