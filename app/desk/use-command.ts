import { useCallback, useEffect, useRef, useState } from 'react';
import { type Command, sendCommand } from './commands.ts';
import { refreshSession } from './session-refresh.ts';

export interface Commands {
  run: (command: Command) => Promise<boolean>;
  /** The one on its way. */
  running: Command | null;
  /** Why the last one didn't happen. */
  problem: string | null;
  dismiss: () => void;
}

/** Accept, close and take over for one conversation, one at a time, with what to tell the agent about it. */
export function useCommand(conversationId: string): Commands {
  const [running, setRunning] = useState<Command | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const busy = useRef(false);
  const shown = useRef(true);
  useEffect(() => {
    shown.current = true;
    return () => {
      shown.current = false;
    };
  }, []);
  const run = useCallback(
    async (command: Command) => {
      if (busy.current) return false;
      busy.current = true;
      setRunning(command);
      setProblem(null);
      let result = await sendCommand(conversationId, command);
      if (!result.ok && result.signedOut && (await refreshSession().catch(() => false))) {
        result = await sendCommand(conversationId, command);
      }
      busy.current = false;
      if (shown.current) {
        setRunning(null);
        setProblem(result.ok ? null : result.message);
      }
      return result.ok;
    },
    [conversationId],
  );
  return { run, running, problem, dismiss: useCallback(() => setProblem(null), []) };
}
