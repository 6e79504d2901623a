import { useEffect, useState } from 'react';

/** A moment in the reader's own time zone. Empty until the browser, which alone knows it, has taken over. */
export function LocalTime({ at }: { at: string }) {
  const [text, setText] = useState('');
  useEffect(() => {
    setText(new Date(at).toLocaleString('en', { dateStyle: 'medium', timeStyle: 'short' }));
  }, [at]);
  return <time dateTime={at}>{text || '\u00A0'}</time>;
}
