import type { Chat } from './chat.ts';
import type { FromPanel } from './messages.ts';

/** Tells the host page what went wrong, and that it need not connect in the background when there is no conversation. */
export function reportChat(chat: Chat, post: (body: FromPanel) => void): () => void {
  let { phase, problem } = chat.getSnapshot();
  return chat.subscribe(() => {
    const now = chat.getSnapshot();
    if (now.problem && now.problem !== problem) post({ t: 'error', code: now.problem.kind });
    if (phase !== 'fresh' && now.phase === 'fresh' && now.problem === null) {
      post({ t: 'known', known: true, live: false });
    }
    ({ phase, problem } = now);
  });
}
