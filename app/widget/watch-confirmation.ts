import type { Chat } from './chat.ts';

/** While somebody waits for a mail they look at it in another window, and come back. Until then, now and then. */
const EVERY_MS = 20_000;

/** Notices that a guest's address has been confirmed, wherever that happened, so that the panel needs no reload. */
export function watchConfirmation(chat: Chat): void {
  let timer: ReturnType<typeof setInterval> | undefined;
  const look = () => {
    if (document.visibilityState === 'visible') chat.recheck();
  };
  function update(): void {
    const waiting = chat.getSnapshot().confirming !== null;
    if (waiting === (timer !== undefined)) return;
    if (waiting) {
      timer = setInterval(look, EVERY_MS);
      document.addEventListener('visibilitychange', look);
      window.addEventListener('focus', look);
      return;
    }
    clearInterval(timer);
    timer = undefined;
    document.removeEventListener('visibilitychange', look);
    window.removeEventListener('focus', look);
  }
  chat.subscribe(update);
  update();
}
