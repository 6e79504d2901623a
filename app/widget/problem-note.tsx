import { useEffect, useState } from 'react';
import { useT } from '../i18n/use-language.ts';
import type { ChatProblem } from './chat-state.ts';

/** What didn't work, in a sentence, when it is tried again, and a button for now. The text stays in the composer. */
export function ProblemNote({ problem, onRetry }: { problem: ChatProblem; onRetry: () => void }) {
  const t = useT();
  const { kind, detail, retryAt } = problem;
  const seconds = useSecondsUntil(retryAt);
  return (
    <div className="panel-note" data-kind="problem">
      <p role="alert">
        {kind === 'signed_out' ? t('widget.signedOut') : detail || t(`widget.error.${kind}`)}
      </p>
      {retryAt !== null && (
        <>
          <span>{t('widget.error.retryIn', { count: seconds })}</span>
          <button type="button" className="wc-link" onClick={onRetry}>
            {t('connection.retry')}
          </button>
        </>
      )}
    </div>
  );
}

/** Seconds until an instant of the local clock, at least 1, counting down while shown. */
function useSecondsUntil(at: number | null): number {
  const [, tick] = useState(0);
  useEffect(() => {
    if (at === null) return;
    const timer = setInterval(() => tick((count) => count + 1), 1_000);
    return () => clearInterval(timer);
  }, [at]);
  return at === null ? 0 : Math.max(Math.ceil((at - Date.now()) / 1_000), 1);
}
