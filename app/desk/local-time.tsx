import { useEffect, useState } from 'react';

/** A moment in the reader's own time zone; in UTC, and saying so, until the browser, which alone knows it, has taken over. */
export function LocalTime({ at }: { at: string }) {
  const [text, setText] = useState(() => `${format(at, 'UTC')} UTC`);
  useEffect(() => setText(format(at)), [at]);
  return <time dateTime={at}>{text}</time>;
}

function format(at: string, timeZone?: string): string {
  const zone = timeZone === undefined ? {} : { timeZone };
  return new Date(at).toLocaleString('en', { dateStyle: 'medium', timeStyle: 'short', ...zone });
}
