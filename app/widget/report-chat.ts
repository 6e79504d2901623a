import type { Chat } from './chat.ts';
import type { FromPanel } from './messages.ts';

/** Tells the host page what went wrong, that somebody is known here (or no longer), and that it need not connect in the background when there is no conversation. */
export function reportChat(chat: Chat, post: (body: FromPanel) => void): () => void {
  let { phase, problem, person } = chat.getSnapshot();
  return chat.subscribe(() => {
    const now = chat.getSnapshot();
    if (now.problem && now.problem !== problem) post({ t: 'error', code: now.problem.kind });
    if (phase !== 'fresh' && now.phase === 'fresh' && now.problem === null) {
      post({ t: 'known', known: true, live: false });
    }
    if (person && person.id !== now.person?.id) {
      post({ t: 'known', known: now.person !== null, live: false });
      // A room reports its own; where there is none, nothing waits to be read.
      if (!now.client) post({ t: 'unread', count: 0 });
    }
    ({ phase, problem, person } = now);
  });
}
