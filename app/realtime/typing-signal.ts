/** A mark lives 6 s in the room (`typingMs`); half of that is often enough to keep it. */
const RENEW_MS = 3_000;
/** No keystroke for so long is no typing. */
const IDLE_MS = 4_000;

export interface TypingSignal {
  /** On every keystroke (true), or when the text is gone (false). */
  set(on: boolean): void;
  /** The message was sent: the room ends the mark with it. */
  sent(): void;
  /** The line is gone, and the mark with it. */
  reset(): void;
}

/** Says no more than the room needs: once when typing starts, then every 3 s, and once when it ends. */
export function createTypingSignal(say: (on: boolean) => void): TypingSignal {
  let renew: ReturnType<typeof setTimeout> | undefined;
  let idle: ReturnType<typeof setTimeout> | undefined;
  let on = false;

  function reset(): void {
    on = false;
    clearTimeout(renew);
    clearTimeout(idle);
    renew = undefined;
  }

  function off(): void {
    if (!on) return;
    reset();
    say(false);
  }

  return {
    set(typing) {
      if (!typing) {
        off();
        return;
      }
      on = true;
      clearTimeout(idle);
      idle = setTimeout(off, IDLE_MS);
      if (renew !== undefined) return;
      say(true);
      renew = setTimeout(() => {
        renew = undefined;
      }, RENEW_MS);
    },
    sent: off,
    reset,
  };
}
