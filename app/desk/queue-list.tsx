import { type KeyboardEvent, useRef, useState } from 'react';
import type { ConversationSummary } from '../protocol/model.ts';
import { moveFocus } from './move-focus.ts';
import { countQueue, groupQueue, QUEUE_FILTERS, type QueueFilter } from './queue.ts';
import { QueueItem } from './queue-item.tsx';

const FILTER_NAMES: Record<QueueFilter, string> = { all: 'All', mine: 'Mine', waiting: 'Waiting' };

interface QueueListProps {
  conversations: readonly ConversationSummary[];
  me: string;
  now: number;
}

/** The open conversations: who waits, then what is being talked. Arrow keys walk through it. */
export function QueueList({ conversations, me, now }: QueueListProps) {
  const [filter, setFilter] = useState<QueueFilter>('all');
  const list = useRef<HTMLElement>(null);
  const counts = countQueue(conversations, me);
  const { waiting, active } = groupQueue(conversations, me, filter);
  const step = (event: KeyboardEvent) => {
    const by = STEPS[event.key];
    if (by && list.current && moveFocus(list.current, by)) event.preventDefault();
  };
  return (
    <>
      <fieldset className="filters">
        <legend className="visually-hidden">Show</legend>
        {QUEUE_FILTERS.map((name) => (
          <label key={name}>
            <input
              type="radio"
              name="queue-filter"
              className="visually-hidden"
              checked={filter === name}
              onChange={() => setFilter(name)}
            />
            {FILTER_NAMES[name]} <span className="filters__count">{counts[name]}</span>
          </label>
        ))}
      </fieldset>
      <nav className="queue" aria-label="Conversations" ref={list} onKeyDown={step}>
        {filter !== 'mine' && (
          <section aria-labelledby="queue-waiting">
            <h2 id="queue-waiting">
              Waiting <span>{waiting.length}</span>
            </h2>
            {waiting.length === 0 ? (
              <p className="queue__empty">Nobody is waiting.</p>
            ) : (
              <ul>
                {waiting.map((conversation) => (
                  <QueueItem key={conversation.id} conversation={conversation} me={me} now={now} />
                ))}
              </ul>
            )}
          </section>
        )}
        {filter !== 'waiting' && (
          <section aria-labelledby="queue-active">
            <h2 id="queue-active">
              Active <span>{active.length}</span>
            </h2>
            {active.length === 0 ? (
              <p className="queue__empty">
                {filter === 'mine' ? 'You have no open chats.' : 'Nobody is being answered.'}
              </p>
            ) : (
              <ul>
                {active.map((conversation) => (
                  <QueueItem key={conversation.id} conversation={conversation} me={me} now={now} />
                ))}
              </ul>
            )}
          </section>
        )}
      </nav>
    </>
  );
}

const STEPS: Partial<Record<string, 1 | -1>> = { ArrowDown: 1, ArrowUp: -1 };
