import type { Api } from './http.ts';

/** The part of Turnstile's script that is used here. */
interface Turnstile {
  render(
    container: HTMLElement,
    options: {
      sitekey: string;
      appearance: 'interaction-only';
      size: 'flexible';
      theme: 'auto';
      language: string;
      callback: (token: string) => void;
      'error-callback': () => boolean;
      'unsupported-callback': () => void;
    },
  ): string;
  remove(id: string): void;
}

const SCRIPT = 'https://challenges.cloudflare.com/turnstile/v0/api.js?render=explicit';
/** Somebody may have to tick a box; then the next keystroke or message asks again. */
const PATIENCE_MS = 120_000;

/** Comes up with a token for this site key; null when none can be had. */
export type Solve = (siteKey: string) => Promise<string | null>;

/**
 * The same calls; where the server wants to know that a new guest is a person, Turnstile is asked and the call made
 * once more. Nothing of Turnstile is loaded before that, so not for anybody whom the server knows already.
 */
export function withTurnstile<Calls extends Pick<Api, 'session'>>(api: Calls, solve: Solve): Calls {
  return {
    ...api,
    async session(refreshToken) {
      const answer = await api.session(refreshToken);
      if (answer.ok || answer.kind !== 'refused' || answer.code !== 'captcha_required') return answer;
      const token = answer.siteKey ? await solve(answer.siteKey) : null;
      return token === null ? answer : api.session(refreshToken, token);
    },
  };
}

let loading: Promise<Turnstile | null> | null = null;

/** Turnstile's script, loaded once; a failure is forgotten, so that the next attempt may have more luck. */
function load(): Promise<Turnstile | null> {
  loading ??= new Promise<Turnstile | null>((resolve) => {
    const script = document.createElement('script');
    script.src = SCRIPT;
    script.onload = () => resolve((window as { turnstile?: Turnstile }).turnstile ?? null);
    script.onerror = () => {
      script.remove();
      loading = null;
      resolve(null);
    };
    document.head.appendChild(script);
  });
  return loading;
}

/** Asks in the panel's own document; seen only by those who have to do something. */
export const solveInPanel: Solve = async (siteKey) => {
  const turnstile = await load();
  if (!turnstile) return null;
  const place = document.createElement('div');
  place.className = 'panel-captcha';
  document.body.appendChild(place);
  let id: string | undefined;
  let late: ReturnType<typeof setTimeout> | undefined;
  try {
    return await new Promise<string | null>((resolve) => {
      late = setTimeout(() => resolve(null), PATIENCE_MS);
      id = turnstile.render(place, {
        sitekey: siteKey,
        appearance: 'interaction-only',
        size: 'flexible',
        theme: 'auto',
        language: document.documentElement.lang || 'auto',
        callback: resolve,
        'error-callback': () => {
          resolve(null);
          return true;
        },
        'unsupported-callback': () => resolve(null),
      });
    });
  } finally {
    clearTimeout(late);
    if (id !== undefined) turnstile.remove(id);
    place.remove();
  }
};
