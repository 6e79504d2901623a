import { useEffect, useState } from 'react';
import { useT } from '../i18n/use-language.ts';
import type { Connection } from '../realtime/types.ts';
import type { ConnectionBannerProps } from './props.ts';

/** A line that comes back sooner than this was never worth a word. */
const QUIET_MS = 1_500;

const SHOWN: { readonly [State in Connection]: 'never' | 'later' | 'now' } = {
  idle: 'never',
  online: 'never',
  connecting: 'later',
  reconnecting: 'later',
  offline: 'now',
  signed_out: 'now',
  forbidden: 'now',
  not_found: 'now',
  outdated: 'now',
};

/** Says in one quiet line what the connection is up to, and nothing at all while it is well. */
export function ConnectionBanner({ connection, onRetry, onSignIn }: ConnectionBannerProps) {
  const t = useT();
  const [patient, setPatient] = useState(true);
  const when = SHOWN[connection];
  useEffect(() => {
    setPatient(true);
    if (when !== 'later') return;
    const timer = setTimeout(() => setPatient(false), QUIET_MS);
    return () => clearTimeout(timer);
  }, [when]);

  const shown = when === 'now' || (when === 'later' && !patient);
  const action =
    connection === 'outdated'
      ? { label: t('connection.reload'), run: () => location.reload() }
      : connection === 'signed_out'
        ? onSignIn && { label: t('connection.signIn'), run: onSignIn }
        : connection === 'reconnecting' && onRetry
          ? { label: t('connection.retry'), run: onRetry }
          : undefined;
  // The live region stays in the page, or its first sentence would not be read out.
  return (
    <div className="wc-banner" role="status" data-state={connection} data-shown={shown}>
      {shown && connection !== 'idle' && connection !== 'online' && (
        <>
          <span className="wc-banner-text">{t(`connection.${connection}`)}</span>
          {action && (
            <button type="button" className="wc-link" onClick={action.run}>
              {action.label}
            </button>
          )}
        </>
      )}
    </div>
  );
}
