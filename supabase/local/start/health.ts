/** How long everything may take to answer, in milliseconds. */
const PATIENCE = 60_000;

/**
 * Waits until `GET <site>/healthz` says 200: the Worker answers and reaches database and Auth.
 * Throws with its last answer when it does not within a minute, or when `signal` aborts.
 */
export async function untilHealthy(site: string, signal: AbortSignal): Promise<void> {
  const until = Date.now() + PATIENCE;
  let last = 'no answer';
  while (Date.now() < until) {
    signal.throwIfAborted();
    try {
      const answer = await fetch(new URL('/healthz', site), { signal: AbortSignal.timeout(10_000) });
      if (answer.status === 200) return;
      last = `${answer.status} ${await answer.text()}`;
    } catch (error) {
      last = String(error);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`The Worker runs but is not healthy: GET /healthz says ${last}`);
}
