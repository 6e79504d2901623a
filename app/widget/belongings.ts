import { loadDraft, saveDraft } from '../realtime/drafts.ts';
import { createFirstMessages, type FirstMessages } from './first-messages.ts';
import type { Keep } from './keep.ts';

/**
 * What a visitor has written and not sent: the draft, and the first messages of a conversation to be. Kept apart for
 * each person who uses this browser; nothing of one is ever given out to another.
 *
 * Until it is known who is here, what is written is nobody's yet (`''`), and what somebody left here before stays
 * where it is. `own` then hands over what has been written meanwhile.
 */
export interface Belongings {
  readonly first: FirstMessages;
  draft(): string;
  setDraft(text: string): void;
  /** It is known who is here. With `carry` what is in sight comes along: it is the same person with another account. */
  own(person: string, carry: boolean): void;
  /** They are gone, and nobody knows who is here: what they left stays theirs. */
  release(): void;
  /** They signed out: what they left goes. */
  discard(): void;
}

export function createBelongings(keep: Keep, newClientId: () => string, now: () => number): Belongings {
  let owner = '';
  // Somebody was here before: whatever lies under no name was left by a page that didn't come to know who they were.
  const left = keep.get('who');
  const first = createFirstMessages(keep, newClientId, now, owner);
  const scope = (person: string) => `widget/${person}`;
  let draft = '';
  if (left === null) draft = loadDraft(scope(''));
  else adopt(left);

  /** What the page before couldn't give a name to is theirs whose the browser was then. */
  function adopt(person: string): void {
    const texts = [loadDraft(scope(person)), loadDraft(scope(''))];
    saveDraft(scope(person), texts.filter(Boolean).join('\n'));
    saveDraft(scope(''), '');
    first.own(person, true);
    first.own('', false);
  }

  function release(): void {
    owner = '';
    draft = '';
    first.own('', false);
  }

  return {
    first,
    draft: () => draft,
    setDraft(text) {
      draft = text;
      saveDraft(scope(owner), text);
    },
    own(person, carry) {
      if (person === owner) return;
      const theirs = loadDraft(scope(person));
      first.own(person, carry);
      if (carry) saveDraft(scope(owner), '');
      draft = [theirs, carry ? draft : ''].filter(Boolean).join('\n');
      owner = person;
      saveDraft(scope(owner), draft);
      keep.set('who', person);
    },
    release,
    discard() {
      first.clear();
      saveDraft(scope(owner), '');
      release();
      keep.set('who', null);
    },
  };
}
