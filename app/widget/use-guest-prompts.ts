import { useEffect, useReducer, useSyncExternalStore } from 'react';
import type { ChatState } from './chat-state.ts';
import type { PanelView } from './panel-view.ts';
import { type Prompts, promptFor } from './prompts.ts';

/**
 * Which of the seed's prompts a guest sees now, and what closing the panel means for them: the first time in a session
 * one calm line, and at once from then on.
 *
 * @param written own messages of the conversation in sight
 * @param inChat false while they are at a form: nobody needs to be told there
 */
export function useGuestPrompts({
  state,
  view,
  prompts,
  written,
  inChat,
}: {
  state: ChatState;
  view: PanelView;
  prompts: Prompts;
  written: number;
  inChat: boolean;
}): { prompt: 'first' | 'third' | null; dismiss: () => void; close: () => void } {
  const [, again] = useReducer((count: number) => count + 1, 0);
  const { open, closing } = useSyncExternalStore(view.subscribe, view.getSnapshot);
  const { person, phase, confirming, veiled } = state;
  const guest = (person === null || person.isAnonymous) && confirming === null;
  const settled = phase !== 'loading' && !veiled;
  const prompt = promptFor({ guest, settled, written }, prompts.had);

  // Only who is somebody to the server has something to lose.
  const asks = guest && settled && person !== null && open && inChat && !closing && !prompts.had('closing');
  useEffect(() => view.hold(asks), [view, asks]);
  useEffect(() => {
    if (closing) prompts.done('closing');
  }, [closing, prompts]);

  // Closing it is an answer to what stood there when it was first opened.
  const seen = open && prompt === 'first';
  useEffect(() => {
    if (!seen) return;
    return view.onClosed(() => {
      prompts.done('first');
      again();
    });
  }, [seen, view, prompts]);

  return {
    prompt,
    dismiss() {
      if (prompt) prompts.done(prompt);
      again();
    },
    close: () => (asks ? view.set({ closing: true }) : view.minimise()),
  };
}
