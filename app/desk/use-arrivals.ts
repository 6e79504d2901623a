import { useEffect, useRef, useState } from 'react';
import type { ConversationSummary } from '../protocol/model.ts';
import { arrivals } from './arrivals.ts';
import { visitorName } from './names.ts';

/**
 * A sentence for screen readers about who has just joined the queue; empty when nobody has.
 *
 * @param live whether the list is the lobby's: what the page was rendered with is no news
 */
export function useArrivals(conversations: readonly ConversationSummary[], live: boolean): string {
  const known = useRef<ReadonlySet<string> | null>(null);
  const [announcement, setAnnouncement] = useState('');
  useEffect(() => {
    if (!live) return;
    const [first, ...others] = arrivals(known.current, conversations);
    known.current = new Set(conversations.map(({ id }) => id));
    if (!first) return;
    setAnnouncement(
      others.length === 0
        ? `${visitorName(first.visitor)} is waiting.`
        : `${others.length + 1} more visitors are waiting.`,
    );
  }, [conversations, live]);
  return announcement;
}
