import type { MessageKey } from '../i18n/messages.ts';
import { useT } from '../i18n/use-language.ts';
import type { PendingMessage } from '../realtime/types.ts';
import { AlertIcon, ClockIcon } from './icons.tsx';
import { MessageText } from './message-text.tsx';
import type { PendingBubbleProps } from './props.ts';

/** An own message the room hasn't confirmed: on its way, or refused with what can be done about it. */
export function PendingBubble({ message, first, last, onRetry, onDiscard }: PendingBubbleProps) {
  const t = useT();
  const failed = message.state === 'failed';
  return (
    <div
      className="wc-row"
      data-own="true"
      data-first={first}
      data-last={last}
      data-pending={message.state}
      aria-live="off"
    >
      <div className="wc-row-body">
        <div className="wc-bubble">
          <span className="wc-hidden">{t('messages.you')}: </span>
          <MessageText text={message.text} />
        </div>
        <div className="wc-meta">
          {failed ? <AlertIcon /> : <ClockIcon />}
          <span key={message.state} role={failed ? 'alert' : undefined}>
            {t(label(message))}
          </span>
          {failed && (
            <>
              <button type="button" className="wc-link" onClick={onRetry}>
                {t('status.retry')}
              </button>
              <button type="button" className="wc-link" onClick={onDiscard}>
                {t('status.delete')}
              </button>
            </>
          )}
        </div>
      </div>
    </div>
  );
}

function label({ state, refusal }: PendingMessage): MessageKey {
  if (state === 'sending') return refusal ? 'status.held' : 'status.sending';
  switch (refusal?.code) {
    case 'closed':
    case 'too_large':
    case 'forbidden':
      return `status.failed.${refusal.code}`;
    default:
      return 'status.failed';
  }
}
