import { isRecord } from './decode.ts';
import type { RealtimeEnvironment, StoredMessage } from './types.ts';

type Note = { do: 'coming' } | { do: 'added' | 'updated'; entry: StoredMessage } | { do: 'gone'; id: string };

export interface OutboxTabs {
  /** Something is about to be stored: should this tab die over it, the others know to look. */
  coming(): void;
  added(entry: StoredMessage): void;
  updated(entry: StoredMessage): void;
  gone(id: string): void;
  close(): void;
}

/** Keeps the same outbox in several tabs in step. Silent where the browser has no channel between tabs. */
export function outboxTabs(
  scope: string,
  environment: Pick<RealtimeEnvironment, 'channel'>,
  on: {
    coming(): void;
    added(entry: StoredMessage): void;
    updated(entry: StoredMessage): void;
    gone(id: string): void;
  },
): OutboxTabs {
  const channel = environment.channel(`wellchina-outbox:${scope}`);
  channel?.onMessage((data) => {
    // Only this product's tabs can post here, but an older version of them may.
    if (!isRecord(data)) return;
    const note = data as Note;
    if (note.do === 'coming') on.coming();
    else if (note.do === 'gone') on.gone(note.id);
    else if (note.do === 'added') on.added(note.entry);
    else if (note.do === 'updated') on.updated(note.entry);
  });
  const post = (note: Note) => channel?.post(note);
  return {
    coming: () => post({ do: 'coming' }),
    added: (entry) => post({ do: 'added', entry }),
    updated: (entry) => post({ do: 'updated', entry }),
    gone: (id) => post({ do: 'gone', id }),
    close: () => channel?.close(),
  };
}
