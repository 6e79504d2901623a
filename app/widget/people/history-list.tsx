import { useEffect, useRef } from 'react';
import { dayLabel } from '../../components/groups.ts';
import { eventText } from '../../i18n/event.ts';
import { useLanguage } from '../../i18n/use-language.ts';
import type { ConversationSummary } from '../../protocol/model.ts';
import { useConversation } from '../../realtime/use-conversation.ts';
import type { ChatState } from '../chat-state.ts';

export interface HistoryListProps {
  state: ChatState;
  /** The person opened it just now: the keyboard begins here. */
  focus: boolean;
  onOpen: (id: string) => void;
  onNew: () => void;
  onMore: () => void;
}

/** A registered person's conversations: the open one first, or the way to a new one; then those that are over. */
export function HistoryList({ state, focus, onOpen, onNew, onMore }: HistoryListProps) {
  const { t } = useLanguage();
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (focus) title.current?.focus({ preventScroll: true });
  }, [focus]);
  // The open one's room is connected already: what it says is newer than the list.
  const live = useConversation(state.client).conversation;
  const conversations = state.conversations.map((held) =>
    live?.id === held.id && live.rev >= held.rev ? { ...held, ...live } : held,
  );
  const open = conversations.filter(({ status }) => status !== 'closed');
  const past = conversations.filter(({ status }) => status === 'closed');
  return (
    <main className="people">
      <h2 ref={title} tabIndex={-1}>
        {t('history.title')}
      </h2>
      {open.length > 0 ? (
        <Group label={t('history.current')} conversations={open} onOpen={onOpen} />
      ) : (
        <button type="button" className="people-button" data-new="true" onClick={onNew}>
          {t('widget.startNew')}
        </button>
      )}
      {past.length > 0 && <Group label={t('history.past')} conversations={past} onOpen={onOpen} />}
      {state.next !== null && (
        <button type="button" className="wc-older" onClick={onMore}>
          {t('history.more')}
        </button>
      )}
    </main>
  );
}

function Group({
  label,
  conversations,
  onOpen,
}: {
  label: string;
  conversations: readonly ConversationSummary[];
  onOpen: (id: string) => void;
}) {
  return (
    <section className="people-group" aria-label={label}>
      <h3>{label}</h3>
      <ul>
        {conversations.map((conversation) => (
          <li key={conversation.id}>
            <Entry conversation={conversation} onOpen={onOpen} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Entry({
  conversation,
  onOpen,
}: {
  conversation: ConversationSummary;
  onOpen: (id: string) => void;
}) {
  const { t, locale } = useLanguage();
  const { id, status, subject, lastMessage, unread, createdAt } = conversation;
  const at = lastMessage?.at ?? createdAt;
  const words = { today: t('messages.today'), yesterday: t('messages.yesterday') };
  const isToday = new Date(at).toDateString() === new Date().toDateString();
  const when = isToday
    ? new Date(at).toLocaleTimeString(locale, { hour: 'numeric', minute: '2-digit' })
    : dayLabel(at, Date.now(), locale, words);
  const said = lastMessage?.event
    ? eventText(t, lastMessage.event, 'visitor')
    : lastMessage?.senderRole === 'visitor'
      ? `${t('messages.you')}: ${lastMessage.text ?? ''}`
      : lastMessage?.text;
  const state = status === 'active' ? 'open' : status;
  return (
    <button type="button" className="people-entry" onClick={() => onOpen(id)}>
      <span className="people-entry-top">
        <strong dir="auto">{subject ?? t('history.noSubject')}</strong>
        <time dateTime={at}>{when}</time>
      </span>
      {/* What it says of its end stands below, as every conversation's state does. */}
      {said && lastMessage?.event?.key !== 'closed' && (
        <span className="people-entry-said" dir="auto">
          {said}
        </span>
      )}
      <span className="people-entry-state" data-status={status}>
        {t(`history.${state}`)}
        {unread.visitor > 0 && <b>{t('history.unread', { count: unread.visitor })}</b>}
      </span>
    </button>
  );
}
