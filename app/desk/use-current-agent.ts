import { useEffect } from 'react';
import type { CurrentAgent } from '../services/agent-session.server.ts';
import type { LiveQueue } from './use-live-queue.ts';

/**
 * Who is signed in, as the team has them now: a role, a capacity or a name that an admin changes shows at once. Somebody
 * who is no agent any more is told so by the page itself.
 */
export function useCurrentAgent(rendered: CurrentAgent, { agents, connection }: LiveQueue): CurrentAgent {
  useEffect(() => {
    if (connection === 'forbidden') location.reload();
  }, [connection]);
  const live = agents.find(({ id }) => id === rendered.id);
  if (!live) return rendered;
  const { id, name, avatarUrl, role, maxChats } = live;
  return { id, name, avatarUrl, role, maxChats };
}
