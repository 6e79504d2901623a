import { useEffect, useRef, useState } from 'react';
import type { Person } from './session.ts';

type Said = 'saved' | 'signedIn' | 'brought';

/** What has just come of an account, said once: until the panel is closed, or for a while. */
const SAID_MS = 12_000;

/** @returns what to say (a key under `guest.`), and a way to tell that somebody signed in here */
export function useSaid(
  person: Person | null,
  open: boolean,
): { text: Said | null; signedIn(brought: number): void } {
  const [text, setText] = useState<Said | null>(null);
  const before = useRef<Person | null>(null);
  const signing = useRef<Said>('signedIn');

  useEffect(() => {
    const was = before.current;
    before.current = person;
    if (!person || person.isAnonymous || person.ofHost) setText(null);
    // A guest who has an account now: by the form, or by a mail's link in another window.
    else if (was?.isAnonymous && was.id === person.id) setText('saved');
  }, [person]);
  useEffect(() => {
    if (!text) return;
    const timer = setTimeout(() => setText(null), SAID_MS);
    return () => clearTimeout(timer);
  }, [text]);
  useEffect(() => {
    if (!open) setText(null);
  }, [open]);

  return {
    text,
    signedIn(brought) {
      signing.current = brought > 0 ? 'brought' : 'signedIn';
      setText((said) => said ?? signing.current);
    },
  };
}
