import { useOutletContext } from '@remix-run/react';
import type { CurrentAgent } from '../services/agent-session.server.ts';
import type { OpenUnread } from './queue.ts';
import type { LiveQueue } from './use-live-queue.ts';

/** What the desk's frame hands to the screen inside it. */
export interface DeskContext {
  agent: CurrentAgent;
  queue: LiveQueue;
  /** Milliseconds since the epoch, ticking. */
  now: number;
  /** Told by the open conversation; null when it is left. */
  onUnread: (open: OpenUnread | null) => void;
}

export function useDesk(): DeskContext {
  return useOutletContext<DeskContext>();
}
