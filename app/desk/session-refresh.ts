let running: Promise<boolean> | null = null;

/**
 * Gets a new session for the desk's cookie; sockets and commands that ask at the same time share one answer, since
 * the refresh token is good for one exchange.
 *
 * @returns false where Auth said no
 * @throws Error where it can't be known now: nobody is signed out by that
 */
export function refreshSession(ask: typeof fetch = fetch): Promise<boolean> {
  running ??= exchange(ask).finally(() => {
    running = null;
  });
  return running;
}

async function exchange(ask: typeof fetch): Promise<boolean> {
  const response = await ask('/agent/refresh', { method: 'POST', signal: AbortSignal.timeout(15_000) });
  if (response.status === 204) return true;
  if (response.status === 401) return false;
  throw new Error(`The session could not be refreshed (${response.status}).`);
}
