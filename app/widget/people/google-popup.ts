import type { AuthMessage } from '../../protocol/http.ts';
import { isRecord } from '../../realtime/decode.ts';

const NAME = 'wellchina-auth';
/** A window that was closed says nothing. */
const LOOK_MS = 500;

/**
 * Opens the window for Google; null where the browser blocks it. Must be called in the click itself, so it is opened
 * before there is an address to go to.
 */
export function openPopup(url = ''): Window | null {
  const left = Math.max((screen.width - 480) / 2, 0);
  const top = Math.max((screen.height - 640) / 2, 0);
  return window.open(url, NAME, `popup,width=480,height=640,left=${left},top=${top}`);
}

/**
 * What came back: from our own `/auth/popup` in that very window, and from nobody else.
 *
 * @returns a code for the server, or why there is none
 */
export function comeBack(popup: Window, signal: AbortSignal): Promise<{ code: string } | { error: string }> {
  return new Promise((resolve) => {
    const stop = new AbortController();
    function end(result: { code: string } | { error: string }): void {
      clearInterval(look);
      stop.abort();
      popup.close();
      resolve(result);
    }
    const look = setInterval(() => popup.closed && end({ error: 'link_cancelled' }), LOOK_MS);
    signal.addEventListener('abort', () => end({ error: 'link_cancelled' }), { signal: stop.signal });
    window.addEventListener(
      'message',
      (event) => {
        if (event.origin !== location.origin || event.source !== popup || !isAuthMessage(event.data)) return;
        end('code' in event.data ? { code: event.data.code } : { error: event.data.error });
      },
      { signal: stop.signal },
    );
  });
}

function isAuthMessage(data: unknown): data is AuthMessage {
  return (
    isRecord(data) &&
    data.type === 'wellchina:auth' &&
    (typeof data.code === 'string' || typeof data.error === 'string')
  );
}
