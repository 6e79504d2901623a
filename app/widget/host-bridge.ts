import { CHANNEL, type FromPanel, type ToPanel, unwrap } from './messages.ts';

/** How long a host page may take to come up with its session's token. */
const TOKEN_TIMEOUT_MS = 10_000;

export interface HostBridge {
  post(body: FromPanel): void;
  onMessage(listener: (body: ToPanel) => void): void;
  /** Asks the host page for its own session's token; null when it has none. Rejects when it doesn't answer. */
  token(): Promise<string | null>;
}

/**
 * The panel's line to the page it is in. Speaks to that one origin only and hears nobody else.
 *
 * @param origin the host page's, as the loader said it: were it a lie, the browser would deliver nothing there
 */
export function createHostBridge(origin: string): HostBridge {
  const waiting = new Map<number, (token: string | null | undefined) => void>();
  let asked = 0;
  let listener: (body: ToPanel) => void = () => {};

  window.addEventListener('message', (event) => {
    if (event.source !== window.parent || event.origin !== origin) return;
    const body = unwrap<ToPanel>(event.data);
    if (body?.t === 'token') waiting.get(body.id)?.(body.token);
    else if (body) listener(body);
  });

  function post(body: FromPanel): void {
    window.parent.postMessage({ channel: CHANNEL, body }, origin);
  }

  return {
    post,
    onMessage(next) {
      listener = next;
    },
    token() {
      asked += 1;
      const id = asked;
      return new Promise((resolve, reject) => {
        const late = setTimeout(() => answered(undefined), TOKEN_TIMEOUT_MS);
        function answered(token: string | null | undefined): void {
          clearTimeout(late);
          waiting.delete(id);
          if (token === undefined) reject(new Error('The page gave no token.'));
          else resolve(token);
        }
        waiting.set(id, answered);
        post({ t: 'token', id });
      });
    },
  };
}

/** The page this document is embedded in, or null when it is a page of its own. */
export function hostOrigin(): string | null {
  if (window.parent === window) return null;
  const origin = new URLSearchParams(location.search).get('origin') ?? '';
  return /^https?:\/\/[^/]+$/.test(origin) ? origin : null;
}
