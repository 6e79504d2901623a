import { eventText } from '../i18n/event.ts';
import { useLanguage } from '../i18n/use-language.ts';
import { Avatar } from './avatar.tsx';
import { CheckIcon, ChecksIcon } from './icons.tsx';
import { MessageText } from './message-text.tsx';
import type { MessageBubbleProps } from './props.ts';

/** One message of a conversation; a system message is a line in the middle, said in the reader's language. */
export function MessageBubble({ message, viewer, first, last, status }: MessageBubbleProps) {
  const { t, locale } = useLanguage();
  if (message.kind === 'system') {
    return (
      <div className="wc-event" data-event={message.event?.key}>
        <span dir="auto">{message.event ? eventText(t, message.event, viewer) : message.text}</span>
      </div>
    );
  }
  const own = message.senderRole === viewer;
  const name =
    message.senderName || t(message.senderRole === 'agent' ? 'messages.agent' : 'messages.visitor');
  const time = new Date(message.at).toLocaleTimeString(locale, { hour: 'numeric', minute: '2-digit' });
  return (
    <div
      className="wc-row"
      data-own={own}
      data-first={first}
      data-last={last}
      data-seq={message.seq}
      // Who wrote it need not hear it again, and not once more when it is sent.
      aria-live={own ? 'off' : undefined}
    >
      {!own && <span className="wc-row-avatar">{last && <Avatar name={name} size={28} />}</span>}
      <div className="wc-row-body">
        {first && !own && (
          <div className="wc-name" dir="auto">
            {name}
          </div>
        )}
        <div className="wc-bubble">
          {own && <span className="wc-hidden">{t('messages.you')}: </span>}
          {!own && !first && <span className="wc-hidden">{name}: </span>}
          <MessageText
            text={message.text ?? t('messages.attachment', { name: message.attachment?.name ?? '' })}
          />
        </div>
        {(last || status) && (
          <div className="wc-meta">
            <time dateTime={message.at}>{time}</time>
            {status && (
              <span className="wc-status" data-status={status} title={t(`status.${status}`)}>
                {status === 'read' ? <ChecksIcon /> : <CheckIcon />}
                <span className="wc-hidden">{t(`status.${status}`)}</span>
              </span>
            )}
          </div>
        )}
      </div>
    </div>
  );
}
