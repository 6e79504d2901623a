import { useEffect, useState } from 'react';

const TICK_MS = 10_000;

/**
 * The time now, in milliseconds since the epoch, ticking every ten seconds.
 *
 * @param initial the server's time, so that the first render in the browser says what the server's said
 */
export function useClock(initial: number): number {
  const [now, setNow] = useState(initial);
  useEffect(() => {
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return now;
}
