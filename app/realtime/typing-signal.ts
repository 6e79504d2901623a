/** A mark lives 6 s in the room (`typingMs`); half of that is often enough to keep it. */
const RENEW_MS = 3_000;
/** No keystroke for so long is no typing. */
const IDLE_MS = 4_000;

export interface TypingSignal {
  /** On every keystroke (true), or when the text is gone (false). */
  set(on: boolean): void;
  /** The message was sent: the room ends the mark with it. */
  sent(): void;
  /** The line is up: whoever began to type before that is said to type now. */
  up(): void;
  /** The line is gone, and the mark with it. */
  down(): void;
  close(): void;
}

/**
 * Says no more than the room needs: once when typing starts, then every 3 s, and once when it ends.
 *
 * @param say false when there is no line: then nobody has heard it
 */
export function createTypingSignal(say: (on: boolean) => boolean): TypingSignal {
  let renew: ReturnType<typeof setTimeout> | undefined;
  let idle: ReturnType<typeof setTimeout> | undefined;
  let on = false;

  function down(): void {
    clearTimeout(renew);
    renew = undefined;
  }

  function close(): void {
    on = false;
    clearTimeout(idle);
    down();
  }

  function off(): void {
    if (!on) return;
    close();
    say(false);
  }

  function tell(): void {
    if (renew !== undefined || !say(true)) return;
    renew = setTimeout(() => {
      renew = undefined;
    }, RENEW_MS);
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
      tell();
    },
    sent: off,
    up() {
      if (on) tell();
    },
    down,
    close,
  };
}
