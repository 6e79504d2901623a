import { useEffect, useRef, useState } from 'react';
import { useT } from '../../i18n/use-language.ts';
import type { AccountFlow, Mode, Outcome } from './account-flow.ts';
import { openPopup } from './google-popup.ts';

type Step = { is: 'idle' } | { is: 'waiting' } | { is: 'blocked'; url: string; state: string | undefined };

/** Google in a window of its own; where the browser blocks it, a link that opens it. */
export function GoogleButton({
  flow,
  mode,
  bring,
  disabled,
  onStart,
  onOutcome,
}: {
  flow: AccountFlow;
  mode: Mode;
  bring: boolean;
  disabled: boolean;
  onStart: () => void;
  onOutcome: (outcome: Outcome) => void;
}) {
  const t = useT();
  const [step, setStep] = useState<Step>({ is: 'idle' });
  const stop = useRef<AbortController | null>(null);
  useEffect(() => () => stop.current?.abort(), []);

  async function start(): Promise<void> {
    if (disabled || step.is === 'waiting') return;
    onStart();
    const opened = openPopup();
    // Some blockers hand out a window that is closed already.
    const popup = opened?.closed ? null : opened;
    setStep({ is: 'waiting' });
    const way = await flow.toGoogle(mode);
    if ('is' in way) {
      popup?.close();
      setStep({ is: 'idle' });
      onOutcome(way);
    } else if (popup) {
      popup.location.href = way.url;
      await finish(popup, way.state);
    } else setStep({ is: 'blocked', url: way.url, state: way.state });
  }

  async function finish(popup: Window, state: string | undefined): Promise<void> {
    setStep({ is: 'waiting' });
    const stopping = new AbortController();
    stop.current = stopping;
    const outcome = await flow.fromGoogle(mode, popup, state, bring, stopping.signal);
    if (stop.current !== stopping) return;
    stop.current = null;
    setStep({ is: 'idle' });
    onOutcome(outcome);
  }

  return (
    <div className="people-google">
      <button
        type="button"
        className="people-button"
        data-wide="true"
        data-quiet="true"
        aria-disabled={disabled || step.is === 'waiting'}
        onClick={() => void start()}
      >
        <GoogleMark />
        {t('account.google')}
      </button>
      <p role="status">
        {step.is === 'waiting' && (
          <>
            {t('account.popup.waiting')}{' '}
            <button type="button" className="wc-link" onClick={() => stop.current?.abort()}>
              {t('account.popup.cancel')}
            </button>
          </>
        )}
        {step.is === 'blocked' && (
          <>
            {t('account.popup.blocked')}{' '}
            <a
              href={step.url}
              target="_blank"
              rel="noopener opener"
              onClick={(event) => {
                const popup = openPopup(step.url);
                // Blocked again: then the link itself goes there, and comes back to us as its opener.
                if (!popup) return;
                event.preventDefault();
                void finish(popup, step.state);
              }}
            >
              {t('account.popup.open')}
            </a>
          </>
        )}
      </p>
    </div>
  );
}

function GoogleMark() {
  return (
    <svg width="18" height="18" viewBox="0 0 24 24" aria-hidden="true">
      <path
        fill="#4285F4"
        d="M23 12.3c0-.8-.1-1.6-.2-2.3H12v4.5h6.2a5.3 5.3 0 0 1-2.3 3.5v2.9h3.7c2.2-2 3.4-5 3.4-8.6Z"
      />
      <path
        fill="#34A853"
        d="M12 23.5c3.1 0 5.7-1 7.6-2.8l-3.7-2.9c-1 .7-2.4 1.1-3.9 1.1-3 0-5.5-2-6.4-4.7H1.8v3A11.5 11.5 0 0 0 12 23.5Z"
      />
      <path fill="#FBBC05" d="M5.6 14.2a6.9 6.9 0 0 1 0-4.4v-3H1.8a11.5 11.5 0 0 0 0 10.4l3.8-3Z" />
      <path
        fill="#EA4335"
        d="M12 5.1c1.700 0 3.200.6 4.400 1.700l3.300-3.300A11.500 11.500 0 0 0 1.800 6.800l3.800 3C6.500 7.100 9 5.1 12 5.1Z"
      />
    </svg>
  );
}
