import { Fragment, useEffect, useRef, useState } from 'react';
import { useLanguage } from '../i18n/use-language.ts';
import type { Message } from '../protocol/model.ts';
import { continues, dayLabel, sameDay } from './groups.ts';
import { DownIcon } from './icons.tsx';
import { MessageBubble } from './message-bubble.tsx';
import { MessageListSkeleton } from './message-list-skeleton.tsx';
import { PendingBubble } from './pending-bubble.tsx';
import type { MessageListProps } from './props.ts';
import { useStickToBottom } from './use-stick-to-bottom.ts';

/** A conversation's messages with the own unsent ones at the end. Marks as read what the reader has in sight. */
export function MessageList({
  snapshot,
  viewer,
  actions,
  empty,
  onDiscarded,
  visible = true,
}: MessageListProps) {
  const { t, locale } = useLanguage();
  const { messages, pending, conversation, older } = snapshot;
  const newest = messages.at(-1);
  const lastOwn = messages.findLast((message) => message.senderRole === viewer);
  const lastKey = pending.at(-1)?.id ?? (newest ? keyOf(newest) : '');
  const own = pending.length > 0 || newest?.senderRole === viewer;
  const early = () => older === 'available' && actions.loadOlder();
  const { list, onScroll, atBottom, toBottom } = useStickToBottom(
    messages[0] ? keyOf(messages[0]) : '',
    lastKey,
    own,
    early,
  );

  const pageVisible = usePageVisible();
  const newestSeq = newest?.seq ?? 0;
  const { read } = actions;
  useEffect(() => {
    if (visible && pageVisible && atBottom && newestSeq) read(newestSeq);
  }, [visible, pageVisible, atBottom, newestSeq, read]);

  // What came in while the reader was further up.
  const seenSeq = useRef(0);
  if (atBottom) seenSeq.current = newestSeq;
  const unseen = messages.filter(
    ({ seq, senderRole }) => seq > seenSeq.current && senderRole !== viewer,
  ).length;

  const readByOther = conversation?.read[viewer === 'agent' ? 'visitor' : 'agent'] ?? 0;
  const loading = !conversation && !pending.length && !messages.length && empty === undefined;
  const quiet = useQuiet(messages[0] ? keyOf(messages[0]) : (pending[0]?.id ?? ''), messages.length > 0);
  // A button that goes away with what it did leaves the keyboard where it was.
  const toList = () => list.current?.focus({ preventScroll: true });

  return (
    <div className="wc-list-frame">
      <div
        ref={list}
        className="wc-list"
        role="log"
        aria-live={loading || quiet ? 'off' : 'polite'}
        aria-label={t('messages.label')}
        aria-busy={loading || older === 'loading'}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region has to be reachable by keyboard
        tabIndex={0}
        onScroll={onScroll}
      >
        <div className="wc-list-inner">
          {older !== 'none' && (
            <button
              type="button"
              className="wc-older"
              onClick={() => {
                actions.loadOlder();
                toList();
              }}
              disabled={older === 'loading'}
            >
              {t(
                older === 'loading'
                  ? 'messages.olderLoading'
                  : older === 'unavailable'
                    ? 'messages.olderUnavailable'
                    : 'messages.older',
              )}
            </button>
          )}
          {loading && <MessageListSkeleton />}
          {!messages.length && !pending.length && empty}
          {messages.map((message, index) => {
            const before = messages[index - 1];
            const after = messages[index + 1];
            const newDay = !before || !sameDay(before.at, message.at);
            const pendingFollows = !after && pending.length > 0 && message.senderRole === viewer;
            return (
              <Fragment key={keyOf(message)}>
                {newDay && (
                  <div className="wc-day">
                    <span>
                      {dayLabel(message.at, Date.now(), locale, {
                        today: t('messages.today'),
                        yesterday: t('messages.yesterday'),
                      })}
                    </span>
                  </div>
                )}
                <MessageBubble
                  message={message}
                  viewer={viewer}
                  first={newDay || !continues(before, message)}
                  last={!pendingFollows && (!after || !continues(message, after))}
                  {...(message === lastOwn && !pendingFollows
                    ? { status: message.seq <= readByOther ? 'read' : 'sent' }
                    : {})}
                />
              </Fragment>
            );
          })}
          {pending.map((message, index) => (
            <PendingBubble
              key={message.id}
              message={message}
              first={index === 0 && newest?.senderRole !== viewer}
              last={index === pending.length - 1}
              onRetry={() => {
                actions.retry(message.id);
                toList();
              }}
              onDiscard={() => {
                toList();
                const text = actions.discard(message.id);
                if (text) onDiscarded?.(text);
              }}
            />
          ))}
        </div>
      </div>
      {!atBottom && (
        <button
          type="button"
          className="wc-jump"
          onClick={() => {
            toBottom();
            toList();
          }}
          data-unseen={unseen > 0}
        >
          <DownIcon size={14} />
          {unseen > 0 ? (
            t('messages.new', { count: unseen })
          ) : (
            <span className="wc-hidden">{t('messages.jump')}</span>
          )}
        </button>
      )}
    </div>
  );
}

/** The same before and after the ack, so that a bubble stays where it is while it turns from pending to sent. */
function keyOf({ clientId, id }: Message): string {
  return clientId ?? id;
}

/** What was there before has been read, or isn't asked for: only what comes after it is read out. */
const HISTORY_MS = 500;

/**
 * Whether what stands in the list now is history: just opened, or just put in above.
 *
 * @param first key of the first entry
 * @param old the first entry came from the room; one's own, still on its way, begins a conversation
 */
function useQuiet(first: string, old: boolean): boolean {
  const [heard, setHeard] = useState('');
  useEffect(() => {
    if (!old) setHeard(first);
    const timer = setTimeout(() => setHeard(first), HISTORY_MS);
    return () => clearTimeout(timer);
  }, [first, old]);
  return old && heard !== first;
}

function usePageVisible(): boolean {
  const [visible, setVisible] = useState(true);
  useEffect(() => {
    const update = () => setVisible(document.visibilityState === 'visible');
    update();
    document.addEventListener('visibilitychange', update);
    return () => document.removeEventListener('visibilitychange', update);
  }, []);
  return visible;
}
